"""Tables built as the dbt project says: by the plan that dbt compiled, or by dbt in a process of its own.

Imports `errors`, `interrupts`, `lake`, `warehouse`.
"""
