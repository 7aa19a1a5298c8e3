"""The models of the article and of others, that the network is measured against.

Imports `explain`, `network`, `pair`, `text`, `training`.
"""
