"""A network trained on from analysts' labels: collected, trained, compared, promoted.

Imports `checkpoints`, `detect`, `errors`, `labels`, `lake`, `lists`, `models`, `pipeline`, `settings`, `state`,
`store`, `warehouse`.
"""
