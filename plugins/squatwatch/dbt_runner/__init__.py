"""dbt in a process of its own, on a copy of its project in a folder of its own.

Imports `errors`, `interrupts`, `lake`.
"""
