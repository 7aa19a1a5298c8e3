"""The previous publish: what it left for the next one, and the lock that lets one publish run at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from squatwatch.lake.partitions import date_of_folder, exclusive_file
from squatwatch.lake.tables import PUBLISHED_FILES, REGISTRATIONS, SIGHTINGS, Table
from squatwatch.publish.snapshot import PublishedFile
from squatwatch.warehouse.connection import WAREHOUSE_FILE, open_read_only


@dataclass(frozen=True)
class Previous:
    """The state that the previous publish left; nothing where there was none, or where an earlier release made it."""

    files: Sequence[PublishedFile]
    sightings: pl.DataFrame  # table SIGHTINGS

    @property
    def registrations_written(self) -> Mapping[date, int]:
        """The times at which the registrations that it saw were written, by date: nanoseconds since 1970 (UTC)."""
        return {
            run_date: file.modified_ns
            for file in self.files
            if file.table == REGISTRATIONS.name and file.retired_at is None
            if (run_date := date_of_folder(file.partition))
        }


@contextmanager
def previous_publish(home: Path) -> Iterator[Previous]:
    """Read what the previous publish left, while no other publish runs; whoever comes second waits.

    Raises DiskFull where there is no room for the lock.
    """
    with exclusive_file(home / "locks" / "publish.lock"):
        files, sightings = _read(home / WAREHOUSE_FILE, PUBLISHED_FILES, SIGHTINGS)
        yield Previous([PublishedFile(**row) for row in files.iter_rows(named=True)], sightings)


def _read(warehouse_file: Path, *tables: Table) -> list[pl.DataFrame]:
    try:
        with open_read_only(warehouse_file) as warehouse:
            return [table.conform(warehouse.sql(f"from {table.name}").pl()) for table in tables]
    except (duckdb.Error, pl.exceptions.PolarsError):
        return [pl.DataFrame(schema=table.schema) for table in tables]
