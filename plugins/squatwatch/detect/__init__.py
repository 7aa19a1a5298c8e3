"""The steps transform and score, the ranking of what was scored, and thresholds by calibration.

Imports `dbt_runner`, `errors`, `files`, `lake`, `lists`, `names`, `settings`, `state`.
"""
