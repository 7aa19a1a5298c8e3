"""The network, its artifact and engines, and what it gives: scores, thresholds, components.

Imports `explain`, `pair`, `text`.
"""
