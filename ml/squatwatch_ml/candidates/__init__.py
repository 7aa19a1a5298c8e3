"""The pairs of name and brand that are worth a look. Imports `text` and `pair`."""
