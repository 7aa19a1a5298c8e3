"""The data root elsewhere: objects that never change, commits that name them, and folders in which steps work.

A step works in a folder of its own with what is committed of its dates; what it wrote is put as objects, and one
conditional PUT commits a date. `work_on` is the only door; `follow` brings this machine's copy up to date for readers.
`whole` has what is done with all of it: moved, mirrored, synced, pruned.

Imports `errors`, `files`, `lake`, `net`, `settings`, `warehouse`.
"""
