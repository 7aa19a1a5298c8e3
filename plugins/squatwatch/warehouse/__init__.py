"""Reading what is published: connections, the catalog of tables, exports and gauges.

Imports `errors`, `lake`.
"""
