"""The Detections page, on which analysts look at a day and judge it; docs/review.md is for them.

Imports `database`, `enrichment`, `errors`, `files`, `labels`, `lake`, `lists`, `names`, `pipeline`, `settings`,
`state`, `store`, `warehouse`.
"""
