"""Training data, training, and training on from labels.

Imports `candidates`, `explain`, `network`, `pair`, `rank`, `text`.
"""
