"""The one database: what is written as it happens and could not be made again from a date's lists, such as labels.

Imports `errors`, `settings`.
"""
