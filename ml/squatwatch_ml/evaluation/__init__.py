"""Evaluation of the detector: on real days, real squats and imitations, beside other matchers.

Imports `baselines`, `candidates`, `network`, `pair`, `rank`, `text`, `training`.
"""
