"""This machine's copies of objects: fetched once, checked against their hash, and linked into folders of work."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from shutil import copy2

from squatwatch.errors import Damaged, Missing
from squatwatch.files.streams import link_or_copy, sha256_of
from squatwatch.lake.partitions import atomic
from squatwatch.store.base import Store
from squatwatch.store.commits import Stored
from squatwatch.store.whole.prune_notes import create_object

AT_ONCE = 8  # requests
log = logging.getLogger(__name__)
WRITTEN_IN_PLACE = "retraining/"  # files that are no links, because training does not replace them whole


@dataclass(frozen=True)
class Objects:
    """Copies of the store's objects below `folder`, under the names of their keys."""

    store: Store
    folder: Path

    def bring(self, files: Mapping[str, Stored]) -> None:
        """Fetch the objects of the files that are not here yet.

        Raises Damaged naming a file whose object is gone or holds something else, and what the store raises.
        """
        self._each(self._fetch, ((path, stored) for path, stored in files.items() if not self._has(path, stored)))

    def bring_what_there_is(self, files: Mapping[str, Stored]) -> dict[str, Damaged]:
        """Fetch the same; return by path what is wrong where an object is gone or holds something else, and log it."""
        damaged: dict[str, Damaged] = {}

        def fetch(path: str, stored: Stored) -> None:
            try:
                self._fetch(path, stored)
            except Damaged as error:
                damaged[path] = error
                log.warning("%s", error)

        self._each(fetch, ((path, stored) for path, stored in files.items() if not self._has(path, stored)))
        return damaged

    def put(self, files: Mapping[str, Stored], root: Path) -> None:
        """Put the files below `root` as objects, and keep copies."""
        self._each(lambda path, stored: self._put(path, stored, root), files.items())

    def link(self, path: str, stored: Stored, target: Path) -> None:
        """Put a file's copy, which is here, at `target`, with the time at which it was written."""
        copy = self.path(path, stored)
        if copy.stat().st_mtime_ns != stored.modified_ns:
            os.utime(copy, ns=(stored.modified_ns, stored.modified_ns))
        if path.startswith(WRITTEN_IN_PLACE):
            target.parent.mkdir(parents=True, exist_ok=True)
            copy2(copy, target)
        else:
            link_or_copy(copy, target)

    def path(self, path: str, stored: Stored) -> Path:
        """Return where the copy of a file's object is, or would be."""
        return self.folder / stored.key(path)

    def _has(self, path: str, stored: Stored) -> bool:
        copy = self.path(path, stored)
        return copy.is_file() and copy.stat().st_size == stored.size

    def _fetch(self, path: str, stored: Stored) -> None:
        key = stored.key(path)
        with atomic(self.path(path, stored)) as temporary:
            try:
                self.store.get(key, temporary)
            except Missing as error:
                raise Damaged(f"{path} was committed, but its object is gone: {error}; {_remedy(path)}") from None
            if not sha256_of(temporary).startswith(stored.sha256):
                raise Damaged(f"the object {key} is not {path} as it was committed; {_remedy(path)}")

    def _put(self, path: str, stored: Stored, root: Path) -> None:
        if not create_object(self.store, stored.key(path), root / path):
            raise Damaged(
                f"the object {stored.key(path)} is there and does not hold what its name says; remove it, then "
                "run the command again"
            )
        copy = self.path(path, stored)
        if not copy.is_file():
            with atomic(copy) as temporary:
                link_or_copy(root / path, temporary)

    @staticmethod
    def _each(function, items: Iterable[tuple[str, Stored]]) -> None:  # type: ignore[no-untyped-def]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(function, path, stored) for path, stored in items]:
                done.result()


def _remedy(path: str) -> str:
    """Return how to get the file again, as the end of a message."""
    unit = path.split("/")[1] if path.count("/") == 2 else ""
    if unit.startswith("run_date="):
        return f"put it back from a backup, or run: squatwatch run --date {unit.removeprefix('run_date=')} --refetch"
    return "put it back from a backup"
