"""Brands and models over many dates. Imports stores and `warehouse`."""
