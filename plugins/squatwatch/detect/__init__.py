"""The steps transform and score, thresholds by calibration, and which model is in force.

Imports `state`, `dbt_runner`, `lists` and `lake`.
"""
