"""Files that people and providers send: lists, CSV, YAML, lines, bytes that are copied.

Imports `errors`, `names`.
"""
