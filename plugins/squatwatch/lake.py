"""The lake: `<home>/<table>/run_date=YYYY-MM-DD/<file>.parquet`, each file written whole or not at all.

Steps meet here and nowhere else. A file is written under a temporary name that no reader's glob matches,
then renamed over the old one, so a reader sees yesterday's file or today's, never half of one.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl

from squatwatch.errors import SquatwatchError


class Lake:
    """Paths and atomic writes below one data root."""

    def __init__(self, home: Path):
        self.home = home

    def folder(self, table: str, run_date: date) -> Path:
        return self.home / table / f"run_date={run_date}"

    def partition(self, table: str, run_date: date, name: str | None = None) -> Path:
        """The Parquet file of a date; `name` tells files of one date apart (one a source in `downloads`)."""
        return self.folder(table, run_date) / f"{name or table}.parquet"

    def glob(self, table: str, partition: str = "run_date") -> str:
        return str(self.home / table / f"{partition}=*" / "*.parquet")

    def write(self, table: str, run_date: date, rows: pl.DataFrame, name: str | None = None) -> Path:
        """Replaces the date's file whole. The date itself is in the path, not in the file."""
        path = self.partition(table, run_date, name)
        with atomic(path) as temporary:
            rows.write_parquet(temporary, compression="zstd")
        return path

    def read(self, table: str, run_date: date, name: str | None = None) -> pl.DataFrame:
        """The date's rows. Raises SquatwatchError naming the command that makes them where they are missing."""
        path = self.require(table, run_date, name)
        return pl.read_parquet(path, hive_partitioning=False)

    def require(self, table: str, run_date: date, name: str | None = None) -> Path:
        path = self.partition(table, run_date, name)
        if not path.is_file():
            step = MADE_BY.get(table, "run")
            raise SquatwatchError(
                f"there are no {table} of {run_date} in {self.home}; run: squatwatch {step} --date {run_date}"
            )
        return path


# which step writes a table, for the message when it is missing
MADE_BY = {
    "downloads": "download",
    "registrations": "load",
    "rejects": "load",
    "load_counts": "load",
    "registration_features": "transform",
    "set_aside": "transform",
    "candidates": "transform",
    "detections": "score",
}


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that replaces it when the block ends well and vanishes when it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{path.name}.{uuid.uuid4().hex}"
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
