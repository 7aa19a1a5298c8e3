"""Retraining: analysts' verdicts become a candidate network, a person decides, and the better network is used.

Imports `labels`, `detect`, `state`, `warehouse` and `pipeline`.
"""
