"""Explanations why a name resembles a brand: the technique, and the reason in a sentence.

Imports `pair`.
"""
