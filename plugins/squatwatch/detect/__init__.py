"""The steps transform and score, thresholds by calibration, and which model is in force.

Imports `dbt_runner`, `errors`, `files`, `lake`, `lists`, `settings`, `state`.
"""
