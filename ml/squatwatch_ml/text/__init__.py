"""Names as text: skeletons, words, keywords, topics and popular names. Imports nothing of this library."""
