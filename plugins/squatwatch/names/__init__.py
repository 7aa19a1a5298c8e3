"""Domain names: A-labels, public suffixes, the registrable part, and text that may be hostile.

Imports `errors`.
"""
