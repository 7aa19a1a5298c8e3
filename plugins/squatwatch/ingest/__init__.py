"""The steps download and load: a date's lists as received, and their lines as registrations or rejects.

Imports `sources` and what it may.
"""
