"""What the network is measured against: the article's models, and LightGBM on the pair features.

Imports `training`, `network`, `explain`, `pair` and `text`.
"""
