"""Folders for what a step needs only while it runs."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from squatwatch.lake.partitions import room_for

LEFT_OVER_SECONDS = 86_400


@contextmanager
def work_folder(home: Path, step: str, label: object) -> Iterator[Path]:
    """A folder below `<home>/work`, removed afterwards; removes what runs of the step that were killed have left.

    Raises DiskFull where there is no room in it.
    """
    parent = home / "work"
    for old in parent.glob(f"{step}-*"):
        if time.time() - old.stat().st_mtime > LEFT_OVER_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    work = parent / f"{step}-{label}-{uuid.uuid4().hex[:12]}"
    try:
        with room_for(work):
            work.mkdir(parents=True)
            yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
