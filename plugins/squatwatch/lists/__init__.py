"""The lists a date is held against: brands, allowlist, popularity, thresholds.

Imports `settings`, `files`, `lake`, `names` and `net`.
"""
