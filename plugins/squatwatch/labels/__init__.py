"""Labels: the verdicts of analysts on detections, and the store that keeps them.

Imports `database`, `errors`, `files`, `lake`, `lists`, `names`, `settings`.
"""
