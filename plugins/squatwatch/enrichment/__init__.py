"""Enrichment: what DNS and registration data say about flagged names, and what has changed.

Imports `database`, `errors`, `labels`, `lake`, `names`, `net`, `settings`, `warehouse`.
"""
