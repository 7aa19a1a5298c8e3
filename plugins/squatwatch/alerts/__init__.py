"""Alerts: what a flagged name means to other systems, delivered once to each, whatever fails on the way."""
