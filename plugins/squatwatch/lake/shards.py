"""Shards: a large date's names, cut by alphabet into parts that a process can take in.

What a step has made of a shard lies in `shards/run_date=D` until all shards are made and the date is put together.
`shards_done/run_date=D` has a small file for each that is made: what was counted, and in its footer from what.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import SHARD_ROWS, SHARDS_DONE, Lake, readable
from squatwatch.lake.provenance import Provenance
from squatwatch.lake.tables import REGISTRY

MOST = 1000  # shards of a date; as many tasks of one step as Airflow makes
SAMPLED = 1000  # names a shard that are looked at to find where to cut


@dataclass(frozen=True)
class Shard:
    """One of the `count` parts of a date; 1 is the first `number`."""

    number: int = 1
    count: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @property
    def is_whole(self) -> bool:
        """Tell whether it is all of the date."""
        return self.count == 1


WHOLE = Shard()


def parse_shard(text: str) -> Shard:
    """Return the shard that is written `3/16`. Raises SquatwatchError where it is none."""
    match = re.fullmatch(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", text)
    shard = Shard(int(match[1]), int(match[2])) if match else None
    if shard is None or not 1 <= shard.number <= shard.count <= MOST:
        raise SquatwatchError(f"{text!r} is no shard; write the third of sixteen as 3/16, of {MOST:,} at most")
    return shard


def shards_of(count: int) -> list[Shard]:
    """Return the shards of a date that is cut into so many."""
    return [Shard(number, count) for number in range(1, count + 1)]


def cut(names: Path, shard: Shard, into: Path) -> None:
    """Write the shard's rows of a file with the column `domain`. All rows of a domain are in one shard."""
    first, after = _bounds(names, shard)
    rows = _rows(names)
    if first is not None:
        rows = rows.filter(pl.col("domain") >= first)
    if after is not None:
        rows = rows.filter(pl.col("domain") < after)
    rows.sink_parquet(into, compression="zstd", mkdir=True)


def _bounds(names: Path, shard: Shard) -> tuple[str | None, str | None]:
    """Return the domain that a shard begins with, and the one before which it ends; None for no such bound.

    They depend on the file and on the number of shards alone. Only every so manieth domain is looked at, which makes
    shards a little larger or smaller.
    """
    rows = _rows(names, row_index_name="row")
    count = rows.select(pl.len()).collect().item()
    step = max(1, count // (SAMPLED * shard.count))
    sample = rows.filter(pl.col("row") % step == 0).select("domain").collect(engine="streaming")["domain"].sort()

    def bound(number: int) -> str | None:
        is_bound = 0 < number < shard.count and len(sample) > 0
        return str(sample[number * len(sample) // shard.count]) if is_bound else None

    return bound(shard.number - 1), bound(shard.number)


def row_count(lake: Lake, table: str, run_date: date) -> int:
    """Return how many rows the date's table has. Raises what `Lake.read` raises."""
    path = lake.require(table, run_date)
    with readable(path, table, run_date):
        return int(_rows(path).select(pl.len()).collect().item())


def read_shard(lake: Lake, table: str, run_date: date, shard: Shard) -> pl.DataFrame:
    """Return as many rows of the date's table, in order, as are the shard's where each gets an equal part.

    Raises what `Lake.read` raises.
    """
    count, path = row_count(lake, table, run_date), lake.require(table, run_date)
    first, after = (number * count // shard.count for number in (shard.number - 1, shard.number))
    with readable(path, table, run_date):
        return REGISTRY.renew(table, _rows(path).slice(first, after - first).collect())


def _rows(path: Path, **options: Any) -> pl.LazyFrame:
    return pl.scan_parquet(path, glob=False, hive_partitioning=False, **options)


def remove_shards(lake: Lake, step: str, run_date: date) -> None:
    """Remove what the step has made of the date's shards, however it was cut: the date itself is made."""
    for folder in (SHARDS_DONE, SHARD_ROWS):
        for path in lake.folder(folder, run_date).glob(f"{step}.*"):
            path.unlink(missing_ok=True)


@dataclass(frozen=True)
class ShardFiles:
    """The files of a step's shards of one date. Those that were made from something else than `made_from` count not."""

    lake: Lake
    step: str
    run_date: date
    count: int
    made_from: Provenance

    def write(self, shard: Shard, tables: Mapping[str, pl.DataFrame], counts: Mapping[str, Any]) -> None:
        """Write the shard's rows of each table, and last that it is made, with what was counted."""
        for table, rows in tables.items():
            self.lake.write(SHARD_ROWS, self.run_date, rows, self._name(shard, table), self.made_from)
        self.lake.write(SHARDS_DONE, self.run_date, pl.DataFrame([counts]), self._name(shard), self.made_from)

    def is_made(self, shard: Shard) -> bool:
        """Tell whether the shard is made."""
        name = self._name(shard)
        is_there = self.lake.partition(SHARDS_DONE, self.run_date, name).is_file()
        return is_there and self.lake.made_from(SHARDS_DONE, self.run_date, name) == self.made_from

    def left(self) -> list[Shard]:
        """Return the shards that are not made yet."""
        return [shard for shard in shards_of(self.count) if not self.is_made(shard)]

    def left_after(self, shard: Shard) -> int:
        """Return how many shards the date waits for when this one was made; 0 too where it was put together since."""
        return len(self.left()) if self.is_made(shard) else 0

    def counts(self, shard: Shard) -> dict[str, Any]:
        """Return what was counted of a shard that is made."""
        return self.lake.read(SHARDS_DONE, self.run_date, self._name(shard)).row(0, named=True)

    def paths(self, table: str) -> list[Path]:
        """Return the files with the table's rows, in the shards' order. Raises Missing where one is not there."""
        names = (self._name(shard, table) for shard in shards_of(self.count))
        return [self.lake.require(SHARD_ROWS, self.run_date, name) for name in names]

    def rows(self, table: str) -> pl.LazyFrame:
        """Return the table's rows of all shards, in order. They are not read before somebody wants them."""
        return pl.scan_parquet(self.paths(table), glob=False, hive_partitioning=False)

    def remove(self) -> None:
        """Remove the files, and those of shards of this step that were cut otherwise and never put together."""
        remove_shards(self.lake, self.step, self.run_date)

    def _name(self, shard: Shard, *table: str) -> str:
        return ".".join([self.step, *table, f"{shard.number}-of-{shard.count}"])
