"""The lists that a date is compared with: brands, allowlist, popularity, thresholds.

Imports `errors`, `files`, `lake`, `names`, `net`, `settings`, `wording`.
"""
