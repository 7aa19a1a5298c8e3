"""The steps transform and score, and thresholds by calibration.

Imports `dbt_runner`, `errors`, `files`, `lake`, `lists`, `settings`, `state`.
"""
