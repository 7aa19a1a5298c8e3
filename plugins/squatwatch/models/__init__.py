"""The networks that there are, which of them scores which brand, and those that are loaded.

Imports `detect`, `errors`, `files`, `lake`, `lists`, `settings`.
"""
