"""A name beside a brand: where they match, and what the network is given of it.

Imports `text`.
"""
