"""What analysts say of detections: the verdicts, and the store that keeps them as labels.

Imports `database`, `errors`, `files`, `lake`, `lists`, `names`, `settings`.
"""
