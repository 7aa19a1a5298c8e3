"""Catalogs: the warehouse as each publish left it, `catalog/<n>.duckdb`, and the files that its views name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from squatwatch import __version__
from squatwatch.errors import Damaged, Missing, SquatwatchError
from squatwatch.lake.partitions import PUBLISHED_FOLDER, atomic
from squatwatch.store.base import Store
from squatwatch.store.commits import Stored
from squatwatch.warehouse.connection import open_read_only
from squatwatch.warehouse.received import PART, received_views

KEPT, KEPT_HERE = 20, 3  # catalogs; somebody may be reading one that is not the newest any more
TABLE = """
select 1 from system.main.duckdb_tables()
where database_name = 'warehouse' and schema_name = 'main' and table_name = 'published_files'
"""  # not a view that is called like it
ROWS = """
select "table", partition, file_name, path, size, modified_ns, retired_at is null from warehouse.main.published_files
"""
PUBLISHED_FILE = re.compile(rf"{PUBLISHED_FOLDER}/({PART}/{PART})/({PART})-([0-9a-f]{{16}})\.parquet")


@dataclass(frozen=True)
class CatalogFile:
    """A row of a catalog's table of files: what it was taken from, the key of its object, whether a view names it."""

    source: str
    key: str
    stored: Stored
    is_live: bool


@dataclass(frozen=True)
class Catalogs:
    """The catalogs of a store, those that were fetched kept in `folder`."""

    store: Store
    folder: Path

    def newest(self) -> int:
        """Return the number of the newest one, 0 where nothing was published."""
        return max(self._numbers(), default=0)

    def fetch(self, number: int) -> Path | None:
        """Return this machine's copy of a catalog; None where there is none of the number.

        Raises SquatwatchError where it is not as publish makes one; then no copy is kept.
        """
        path = self.folder / f"{number:08}.duckdb"
        if number and not path.is_file():
            try:
                with atomic(path) as temporary:
                    self.store.get(_key(number), temporary)
                    _demand_published(temporary, _key(number))
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
    return {file.source: file.stored for file in _files(catalog) if file.is_live}


def named_files(catalog: Path) -> set[str]:
    """Return the keys of the objects that the catalog names, those of the last day included."""
    return {file.key for file in _files(catalog)}


def _demand_published(catalog: Path, key: str) -> None:
    """Raise Damaged naming the object where publish does not make such a catalog."""
    with _opened(catalog, key) as warehouse:
        received_views(warehouse)
        _rows(warehouse)


def _files(catalog: Path) -> list[CatalogFile]:
    with _opened(catalog, f"catalog/{catalog.name}") as warehouse:
        return _rows(warehouse)


def _rows(warehouse: duckdb.DuckDBPyConnection) -> list[CatalogFile]:
    if not warehouse.execute(TABLE).fetchone():
        raise Damaged("it has no table published_files")
    return [_file(*row) for row in warehouse.execute(ROWS).fetchall()]


@contextmanager
def _opened(catalog: Path, key: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a catalog so that nothing in it reaches anything else, whoever made it.

    Raises Damaged where what is read of it is not as publish makes it, and SquatwatchError where this release cannot
    read it.
    """
    try:
        with open_read_only(catalog) as warehouse:
            yield warehouse
    except Damaged as error:
        raise Damaged(
            f"{key} is not as squatwatch publishes it: {error}; find out who may write there, remove it, then run: "
            "squatwatch publish"
        ) from None
    except duckdb.Error as error:
        raise SquatwatchError(
            f"{key} cannot be read by squatwatch {__version__} ({str(error).splitlines()[0]}); if a "
            "later release published it, install that on this machine too"
        ) from error


def _file(table: Any, partition: Any, name: Any, path: Any, size: Any, modified_ns: Any, is_live: bool) -> CatalogFile:
    """Return a row as a file. Raises Damaged where it is not named like one: its path is written to."""
    source = f"{table}/{partition}/{name}"
    named = PUBLISHED_FILE.fullmatch(str(path))
    if not named or source != f"{named[1]}/{named[2]}.parquet" or not isinstance(size, int):
        raise Damaged(f"it names {path!r} as what was published of {source!r}")
    if not isinstance(modified_ns, int):
        raise Damaged(f"it does not say when {source!r} was written")
    stored = Stored(named[3], size, modified_ns)
    return CatalogFile(source, stored.key(source), stored, is_live)


def _key(number: int) -> str:
    return f"catalog/{number:08}.duckdb"
