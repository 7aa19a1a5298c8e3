"""A network trained on from analysts' labels: collected, trained, compared, promoted.

Imports `detect`, `errors`, `labels`, `lake`, `pipeline`, `settings`, `state`, `warehouse`.
"""
