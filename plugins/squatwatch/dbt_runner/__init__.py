"""Runs dbt in a process and a folder of its own. Imports `settings`, `errors` and `lake`."""
