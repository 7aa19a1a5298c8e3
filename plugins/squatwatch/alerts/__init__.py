"""Alerts: what is queued in the outbox, and how each sink receives it.

Imports `database`, `enrichment`, `errors`, `files`, `labels`, `lake`, `lists`, `names`, `net`, `settings`,
`warehouse`.
"""
