"""The state of a file, by which somebody who has read it knows whether it is still the same."""

from __future__ import annotations

from pathlib import Path

State = tuple[int, int, int]  # inode, bytes, time of the last change in nanoseconds


def state_of(path: Path) -> State | None:
    """Return the state of a file now; None where there is none, which whoever reads it says better."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns
