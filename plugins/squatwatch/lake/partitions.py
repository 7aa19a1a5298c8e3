"""The lake: `<home>/<table>/run_date=YYYY-MM-DD/<file>.parquet`, each file written whole or not at all.

Steps meet here and nowhere else. A file is written under a temporary name that no reader's glob matches,
then renamed over the old one, so a reader sees yesterday's file or today's, never half of one.

Each file says in its own footer what it was made from (`squatwatch.lake.provenance`).
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import polars as pl

from squatwatch.errors import Damaged, DiskFull, Missing, SquatwatchError, squatwatch_error
from squatwatch.lake.provenance import Provenance, provenance_of
from squatwatch.lake.tables import REGISTRY

PUBLISHED_FOLDER = "published"  # below the data root: the files that the warehouse's views name
SHARD_ROWS, SHARDS_DONE = "shards", "shards_done"  # below the data root: what steps made of single shards of a date
LEFT_OVER_SECONDS = 86_400
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
NO_ROOM_WORDS = "No space left on device"


class Lake:
    """Paths and atomic writes below one data root."""

    def __init__(self, home: Path):
        self.home = home

    def folder(self, table: str, run_date: date) -> Path:
        """Return the folder of the date's files."""
        return self.home / table / f"run_date={run_date}"

    def partition(self, table: str, run_date: date, name: str | None = None) -> Path:
        """Return the Parquet file of a date; `name` tells files of one date apart (one a source in `downloads`)."""
        return self.folder(table, run_date) / f"{name or table}.parquet"

    def write(
        self,
        table: str,
        run_date: date,
        rows: pl.DataFrame | pl.LazyFrame,
        name: str | None = None,
        made_from: Provenance | None = None,
    ) -> Path:
        """Replace the date's file whole and return its path. The date itself is in the path, not in the file.

        Rows that are read from files (a LazyFrame) are not all in memory at once.
        """
        path = self.partition(table, run_date, name)
        write = rows.write_parquet if isinstance(rows, pl.DataFrame) else rows.sink_parquet
        with atomic(path) as temporary:
            write(temporary, compression="zstd", metadata=made_from.footer() if made_from else None)
        return path

    def read(self, table: str, run_date: date, name: str | None = None) -> pl.DataFrame:
        """Return the date's rows, with the columns and values of today whichever release wrote them.

        Raises Missing naming the command that makes them, or Damaged.
        """
        path = self.require(table, run_date, name)
        # opened once: by its path it is opened twice, and another run may have replaced it in between
        with readable(path, table, run_date), path.open("rb") as file:
            return REGISTRY.renew(table, pl.read_parquet(file, hive_partitioning=False))

    def made_from(self, table: str, run_date: date, name: str | None = None) -> Provenance:
        """Return what the date's file was made from; an unknown one where it does not say.

        Raises Missing naming the command that makes the file, or Damaged.
        """
        path = self.require(table, run_date, name)
        with readable(path, table, run_date):
            return provenance_of(path)

    def remove(self, table: str, run_date: date) -> None:
        """Remove the date's file, if there is one."""
        self.partition(table, run_date).unlink(missing_ok=True)

    def require(self, table: str, run_date: date, name: str | None = None) -> Path:
        """Return the path of the date's file. Raises Missing naming the command that makes it."""
        path = self.partition(table, run_date, name)
        if not path.is_file():
            raise Missing(
                f"there are no {table} of {run_date} in {self.home}; run: squatwatch "
                f"{REGISTRY.step_of(table)} --date {run_date}"
            )
        return path

    def dates(self, table: str) -> list[date]:
        """Return the dates that have a file of the table, in order."""
        return [day for day in self.dates_begun(table) if any(self.folder(table, day).glob("*.parquet"))]

    def dates_begun(self, table: str) -> list[date]:
        """Return the dates that have a folder of the table, be it empty, in order: one look at the disk."""
        folders = (self.home / table).glob("run_date=*")
        return sorted(day for folder in folders if (day := date_of_folder(folder.name)))

    @contextmanager
    def exclusive(self, run_date: date) -> Iterator[None]:
        """Let one process at a time write the date's files; a second one waits. A process that dies lets go."""
        with exclusive_file(self.home / "locks" / f"{run_date}.lock"):
            yield


@contextmanager
def readable(path: Path, table: str, run_date: date) -> Iterator[None]:
    """Raise Damaged with the file, the date and the remedy where a Parquet file cannot be read."""
    try:
        yield
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise Damaged(
            f"{path}, the {table} of {run_date}, is damaged ({str(error).splitlines()[0]}); "
            f"run: squatwatch {REGISTRY.step_of(table)} --date {run_date}"
        ) from error


@contextmanager
def exclusive_file(path: Path) -> Iterator[None]:
    """Hold a lock for the block; whoever wants it meanwhile waits."""
    with room_for(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` that replaces it when the block ends well and vanishes when it does not.

    Raises DiskFull where there is no room. Removes what writers that were killed have left.
    """
    with room_for(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    _remove_left_over(path)
    temporary = path.parent / f".{path.name}.{uuid.uuid4().hex}"
    try:
        with room_for(path):
            yield temporary
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def room_for(path: Path) -> Iterator[None]:
    """Raise DiskFull where the disk is full, whichever library has found out."""
    try:
        yield
    except SquatwatchError:
        raise
    except Exception as error:
        if named := squatwatch_error(error, path):
            raise named from error
        if getattr(error, "errno", None) not in NO_ROOM and NO_ROOM_WORDS not in str(error):
            raise
        raise DiskFull(
            f"{path} cannot be written: there is no room left on its disk. What was there before stays; make room "
            '(squatwatch query "from published_files" shows what takes it), then run the command again'
        ) from error


def is_left_over(path: Path) -> bool:
    """Tell whether a temporary file or folder is so old that its writer must have been killed.

    Raises FileNotFoundError where it is gone.
    """
    return time.time() - path.stat().st_mtime > LEFT_OVER_SECONDS


def _remove_left_over(path: Path) -> None:
    for old in path.parent.glob(f".{path.name}.*"):
        with suppress(FileNotFoundError):
            if is_left_over(old):
                old.unlink()


def date_of_folder(name: str) -> date | None:
    """Return the date of a folder called `run_date=YYYY-MM-DD`, None for other names."""
    try:
        return date.fromisoformat(name.removeprefix("run_date="))
    except ValueError:
        return None
