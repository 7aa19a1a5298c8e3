"""Folders for what a step needs only while it runs."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from squatwatch.lake.partitions import is_left_over, room_for


@contextmanager
def work_folder(home: Path, step: str, label: object) -> Iterator[Path]:
    """Yield a folder below `<home>/work`, removed afterwards; remove what runs of the step that were killed have left.

    Raises DiskFull where there is no room in it.
    """
    parent = home / "work"
    for old in parent.glob(f"{step}-*"):
        with suppress(FileNotFoundError):
            if is_left_over(old):
                shutil.rmtree(old, ignore_errors=True)
    work = parent / f"{step}-{label}-{uuid.uuid4().hex[:12]}"
    try:
        with room_for(work):
            work.mkdir(parents=True)
            yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
