"""Where data lies below the data root: tables, Parquet partitions, atomic writes and ids.

Imports `errors` and `names`.
"""
