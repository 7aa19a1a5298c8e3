"""Names as text: suffixes, skeletons, spellings, words, keywords, topics and popular names.

Imports no other room.
"""
