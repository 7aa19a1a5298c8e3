"""Objects that nobody needs any more, removed: those that no commit and no catalog has named for some days.

What is named lately stays as well, because somebody who has listed commits before may still be reading. Commits and
catalogs themselves stay. Times are the store's own.
"""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from squatwatch.errors import TryLater
from squatwatch.lake.work_folder import work_folder
from squatwatch.settings import Settings
from squatwatch.store.base import Listed, Store
from squatwatch.store.catalogs import named_files, published_files
from squatwatch.store.commits import is_commit
from squatwatch.store.local_copy import LocalCopy, copy_of
from squatwatch.store.objects import AT_ONCE
from squatwatch.store.whole.prune_notes import COUNTS_FOR, LONGEST, NOTES


@dataclass(frozen=True)
class Pruned:
    """The objects that nobody needs, and how many of them are still there."""

    count: int
    size: int  # of all of them, in bytes
    left_count: int


def prune(settings: Settings, older_than: timedelta, dry_run: bool = False) -> Pruned:
    """Remove the objects of the store that nobody has needed for so long.

    Raises TryLater where the store does not list the commits of a date that was published.
    """
    copy = copy_of(settings)
    store = copy.objects.store
    with _noted(copy) as now:
        cutoff = now - older_than
        objects = [one for one in store.listing("objects/") if one.modified_at < cutoff]
        named = _named_since(copy, cutoff)
        unneeded = [one for one in objects if one.key not in named]
        left_count = len(unneeded) if dry_run else _remove(store, [one.key for one in unneeded])
    return Pruned(len(unneeded), sum(one.size for one in unneeded), left_count)


@contextmanager
def _noted(copy: LocalCopy) -> Iterator[datetime]:
    """Note in the store that a prune is at work, and give the store's time."""
    store, key = copy.objects.store, f"{NOTES}{uuid.uuid4().hex}"
    with work_folder(copy.folder, "prune", "note") as work:
        (work / "note").write_text(key)
        store.create(key, work / "note")
    try:
        notes = {note.key: note.modified_at for note in store.listing(NOTES)}
        for old in [other for other, written_at in notes.items() if notes[key] - written_at > COUNTS_FOR]:
            store.delete(old)  # of a prune that was killed
        yield notes[key]
    finally:
        store.delete(key)


def _named_since(copy: LocalCopy, cutoff: datetime) -> set[str]:
    """Return the keys of the objects that a commit or catalog names which was the newest of its kind since."""
    store = copy.objects.store
    states = [
        (name, number)
        for name, of_unit in _by_folder(one for one in store.listing("commits/") if is_commit(one.key)).items()
        for number in _newest_since(of_unit, cutoff)
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        units = list(pool.map(lambda state: copy.commits.read(*state), states))
    named = {stored.key(path) for unit in units for path, stored in unit.files.items()}
    fetched = map(copy.catalogs.fetch, _newest_since(store.listing("catalog/"), cutoff))
    for catalog in filter(None, fetched):
        _demand_commits(catalog, {unit.name for unit in units})
        named |= named_files(catalog)
    return named


def _demand_commits(catalog: Path, units: set[str]) -> None:
    dates = {path.split("/")[1] for path in published_files(catalog) if "/run_date=" in path}
    if lost := sorted(dates - units):
        raise TryLater(f"the store does not list the commits of {', '.join(lost)}; nothing was removed")


def _by_folder(listed: Iterable[Listed]) -> dict[str, list[Listed]]:
    folders = defaultdict(list)
    for one in listed:
        folders[one.key.removeprefix("commits/").rpartition("/")[0]].append(one)
    return folders


def _newest_since(listed: Sequence[Listed], cutoff: datetime) -> list[int]:
    """Return the numbers of those that were the newest at some time since; they are listed by number."""
    lately = [one for one, successor in pairwise(listed) if successor.modified_at > cutoff]
    return [int(Path(one.key).stem) for one in [*lately, *listed[-1:]]]


def _remove(store: Store, keys: Sequence[str]) -> int:
    """Remove them, for a while; return how many are left."""
    until = time.monotonic() + LONGEST.total_seconds()

    def remove(key: str) -> bool:
        if time.monotonic() > until:
            return False
        store.delete(key)
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(remove, keys)).count(False)
