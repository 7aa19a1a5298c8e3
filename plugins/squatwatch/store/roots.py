"""Folders that look like a data root: what is committed, linked into them, and what a step changed in one."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from squatwatch.files.streams import sha256_of
from squatwatch.store.commits import LOCAL, Stored, Unit, unit_of
from squatwatch.store.objects import Objects

Mark = tuple[int, int, int]  # inode, size, time


def files_in(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the path below `root` of each file that belongs to a unit, and its state."""
    for folder, folders, names in os.walk(root):
        below = Path(folder).relative_to(root)
        folders[:] = [name for name in folders if not name.startswith(".") and (below / name).parts[0] not in LOCAL]
        for name in names:
            path = (below / name).as_posix()
            if not name.startswith(".") and unit_of(path):
                yield path, (Path(folder) / name).stat()


def lay_out(objects: Objects, units: Iterable[Unit], root: Path) -> set[str]:
    """Have `root` hold of the units what they say and nothing else; each file is replaced whole.

    A file whose object is gone or holds something else is not there, as if somebody had removed it: whoever needs it
    says how it is made. Return the names of the units that lack one.
    """
    named = {unit.name: unit for unit in units}
    there = {path: stat.st_ino for path, stat in files_in(root) if unit_of(path) in named}
    files = {path: stored for unit in named.values() for path, stored in unit.files.items()}
    damaged = objects.bring_what_there_is(files)
    files = {path: stored for path, stored in files.items() if path not in damaged}
    for path, stored in files.items():
        if there.get(path) != objects.path(path, stored).stat().st_ino:
            _replace(objects, path, stored, root / path)
    for path in there.keys() - files.keys():
        (root / path).unlink(missing_ok=True)
    return {unit for path in damaged if (unit := unit_of(path))}


def marks_in(root: Path) -> dict[str, Mark]:
    """Return by path what tells whether a file that belongs to a unit was written since."""
    return {path: mark_of(stat) for path, stat in files_in(root)}


def mark_of(stat: os.stat_result) -> Mark:
    """Return the mark of a file in this state."""
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def changes(units: Mapping[str, Unit], root: Path, placed: Mapping[str, Mark]) -> dict[str, dict[str, Stored | None]]:
    """Return by unit what was written below `root`, None for what was removed.

    `placed` are the marks of what was put into it. What was written again with the same bytes is no change, unless it
    could not be put there: its object is gone.
    """
    changed: dict[str, dict[str, Stored | None]] = {}
    there = marks_in(root)
    for path, mark in there.items():
        if placed.get(path) == mark:
            continue
        unit = unit_of(path)
        assert unit
        _, size, modified_ns = mark
        stored = Stored(sha256_of(root / path), size, modified_ns)
        before = units.get(unit, Unit(unit)).files.get(path)
        if path not in placed or before is None or before.sha256 != stored.sha256:
            changed.setdefault(unit, {})[path] = stored
    for path in placed.keys() - there.keys():
        unit = unit_of(path)
        assert unit
        changed.setdefault(unit, {})[path] = None
    return changed


def _replace(objects: Objects, path: str, stored: Stored, target: Path) -> None:
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        objects.link(path, stored, temporary)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
