"""Catalogs: the warehouse as each publish left it, `catalog/<n>.duckdb`, and the files that its views name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from squatwatch import __version__
from squatwatch.errors import Missing, SquatwatchError
from squatwatch.lake.partitions import PUBLISHED_FOLDER, atomic
from squatwatch.store.base import Store
from squatwatch.store.commits import Stored
from squatwatch.warehouse.connection import open_read_only

KEPT, KEPT_HERE = 20, 3  # catalogs; somebody may be reading one that is not the newest any more
LIVE = 'select "table", partition, file_name, path, size, modified_ns from published_files where retired_at is null'


@dataclass(frozen=True)
class Catalogs:
    """The catalogs of a store, those that were fetched kept in `folder`."""

    store: Store
    folder: Path

    def newest(self) -> int:
        """Return the number of the newest one, 0 where nothing was published."""
        return max(self._numbers(), default=0)

    def fetch(self, number: int) -> Path | None:
        """Return this machine's copy of a catalog; None where there is none of the number."""
        path = self.folder / f"{number:08}.duckdb"
        if number and not path.is_file():
            try:
                with atomic(path) as temporary:
                    self.store.get(_key(number), temporary)
            except Missing:
                return None
            for old in self.folder.glob("*.duckdb"):
                if int(old.stem) <= number - KEPT_HERE:
                    old.unlink(missing_ok=True)
        return path if number else None

    def create(self, number: int, warehouse: Path) -> bool:
        """Make the file the catalog of this number, unless there is one; remove those that nobody needs."""
        if not self.store.create(_key(number), warehouse):
            return False
        for old in self._numbers():
            if old <= number - KEPT:
                self.store.delete(_key(old))
        return True

    def _numbers(self) -> list[int]:
        return [int(Path(key).stem) for key in self.store.keys("catalog/")]


def published_files(catalog: Path) -> Mapping[str, Stored]:
    """Return the files that the catalog's views name, by the path that they were taken from."""
    return {
        f"{table}/{partition}/{name}": Stored(Path(path).stem[-16:], size, modified_ns)
        for table, partition, name, path, size, modified_ns in _rows(catalog, LIVE)
    }


def named_files(catalog: Path) -> set[str]:
    """Return the keys of the objects that the catalog names, those of the last day included."""
    rows = _rows(catalog, "select path from published_files")
    return {path.replace(f"{PUBLISHED_FOLDER}/", "objects/", 1) for (path,) in rows}


def _rows(catalog: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return rows of the catalog. Raises SquatwatchError where this release cannot read it."""
    try:
        with open_read_only(catalog) as warehouse:
            return warehouse.execute(sql).fetchall()
    except duckdb.Error as error:
        raise SquatwatchError(
            f"catalog/{catalog.name} cannot be read by squatwatch {__version__} ({str(error).splitlines()[0]}); if a "
            "later release published it, install that on this machine too"
        ) from error


def _key(number: int) -> str:
    return f"catalog/{number:08}.duckdb"
