"""What analysts say of detections: the verdicts, and the store they are kept in.

Imports `database`, `files`, `lake`, `lists` and `names`.
"""
