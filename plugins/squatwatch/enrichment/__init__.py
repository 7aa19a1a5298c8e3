"""DNS and registration data of names that were flagged: looked up afterwards, and off by default.

Imports errors, names, files, lake, net, settings, database, labels and warehouse.
"""
