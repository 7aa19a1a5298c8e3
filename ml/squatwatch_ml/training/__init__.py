"""Training data, training and training on. Imports `network`, `candidates`, `explain`, `pair` and `text`."""
