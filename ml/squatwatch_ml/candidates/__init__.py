"""The pairs of name and brand that are worth a score, found by an index.

Imports `pair`, `text`.
"""
