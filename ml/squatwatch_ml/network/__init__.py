"""The network, its artifact, its engines, and scores with thresholds and components.

Imports `pair`, `text` and `explain`.
"""
