"""What the detector is worth: measured on real days, real squats and generated imitations, beside other matchers.

Imports `training`, `baselines`, `network`, `candidates`, `pair` and `text`; only the command line imports it.
"""
