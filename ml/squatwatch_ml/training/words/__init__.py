"""Vectors of words: learnt from registered names, and taken from a sentence network."""
