"""The state of a date: what it was made from, whether it is done, and the command that brings it up to date.

Imports `errors`, `files`, `ingest`, `lake`, `lists`, `settings`.
"""
