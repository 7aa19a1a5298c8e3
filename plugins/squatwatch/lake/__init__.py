"""The data below the data root: tables, partitions that are written whole, provenance and ids.

Imports `errors`, `names`.
"""
