"""Alerts to other systems about flagged names, delivered once to each sink whatever fails on the way.

Imports errors, names, files, lake, net, settings, database, lists, labels, warehouse and enrichment.
"""
