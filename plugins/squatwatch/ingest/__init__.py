"""The steps download and load: a date's lists as received, and what becomes of their lines.

Imports `errors`, `files`, `lake`, `names`, `settings`, `sources`.
"""
