"""What each table of a date was made from, and whether the date is done, partial or out of date.

Imports `ingest`, `lists` and `lake`.
"""
