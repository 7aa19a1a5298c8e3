"""A date as analysts see it. Imports stores and `warehouse`."""
