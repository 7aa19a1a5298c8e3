"""The step publish: the warehouse built from all complete dates, and what earlier dates saw.

Imports `dbt_runner`, `errors`, `files`, `lake`, `settings`, `state`, `warehouse`.
"""
