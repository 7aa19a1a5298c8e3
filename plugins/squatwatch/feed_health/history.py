"""The history of a date: the loaded dates of a window before it, by their counts and by their names."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import fingerprint

NOT_MEANT = ("comment", "dropped")  # reasons of rejects
TABLES_READ = ("load_counts", "name_counts", "registrations")  # of a date; without one of them it does not count
OTHERS_READ = ("rejects",)  # where they are

# one pass over the window: on which dates each source listed names of today's list, and (without a date) how many
# of these names there are; registrations have one row per source and domain, so names can be counted by rows
SEEN = """
with today as (
    select source, domain from read_parquet($today, hive_partitioning = false)
)
select source, run_date, count(distinct domain)
from read_parquet($window, hive_partitioning = true, hive_types = {'run_date': date})
semi join today using (source, domain)
group by grouping sets ((source, run_date), (source))
order by source, run_date
"""


@dataclass(frozen=True)
class Window:
    """The loaded dates that a date is compared with, oldest first, and one fingerprint of what they hold."""

    dates: Sequence[date]
    fingerprint: str


@dataclass(frozen=True)
class DayCounts:
    """Counts of one source's list of one date."""

    run_date: date
    counts: Mapping[str, Any]  # its row of load_counts, and the same of lines that are meant to be registrations
    names_by_tld: Mapping[str, int]
    names_by_initial: Mapping[str, int]

    @property
    def is_received(self) -> bool:
        """Tell whether a list came."""
        return bool(self.counts["is_received"])


@dataclass(frozen=True)
class Seen:
    """Numbers of a list's names that the source has listed before: on any date of the window, and date by date."""

    any_count: int = 0
    count_by_date: Mapping[date, int] = field(default_factory=dict)


def window_before(lake: Lake, run_date: date, length: int) -> Window:
    """Return the last `length` loaded dates before the date. Reads footers only, however long the history is.

    A date that an earlier release loaded has no `name_counts` and is left out until it is loaded again.
    """
    dates = sorted(islice(_loaded_before(lake, run_date), length))
    return Window(dates, fingerprint({str(day): lake.made_from("registrations", day).fingerprint for day in dates}))


def day_counts(lake: Lake, run_date: date) -> dict[str, DayCounts]:
    """Return what was counted of each source's list of the date."""
    not_meant = _not_meant(lake, run_date)
    names = lake.read("name_counts", run_date).partition_by("source", "kind", as_dict=True)
    by_kind = {key: dict(rows.select("item", "name_count").iter_rows()) for key, rows in names.items()}
    return {
        row["source"]: DayCounts(
            run_date=run_date,
            counts=row | _of_names(row, not_meant.get(row["source"], 0)),
            names_by_tld=by_kind.get((row["source"], "tld"), {}),
            names_by_initial=by_kind.get((row["source"], "initial"), {}),
        )
        for row in lake.read("load_counts", run_date).iter_rows(named=True)
    }


def _not_meant(lake: Lake, run_date: date) -> dict[str, int]:
    """Return by source how many lines are not meant to be registrations: comments, and names that were given up."""
    if not lake.partition("rejects", run_date).is_file():
        return {}
    rejects = lake.read("rejects", run_date).filter(pl.col("reason").is_in(NOT_MEANT))
    return dict(rejects.group_by("source").len().iter_rows())


def _of_names(counts: Mapping[str, Any], not_meant: int) -> dict[str, int]:
    """Return the counts of the lines that are meant to be registrations, of which the others are no fault."""
    return {
        "name_line_count": counts["line_count"] - not_meant,
        "bad_line_count": counts["reject_count"] - not_meant,
    }


def seen_before(lake: Lake, run_date: date, window: Window) -> dict[str, Seen]:
    """Return by source how many of the date's names it has listed in the window; sources with none are left out."""
    if not window.dates:
        return {}
    files = {
        "today": _file(lake.require("registrations", run_date)),
        "window": [_file(lake.require("registrations", day)) for day in window.dates],
    }
    with duckdb.connect() as connection:
        try:
            seen = connection.execute(SEEN, files).fetchall()
        except duckdb.Error as error:
            raise SquatwatchError(f"{run_date} cannot be compared with the dates before it: {error}") from error
    rows = pl.DataFrame(seen, schema=["source", "run_date", "seen_count"], orient="row")
    return {source: _seen(of_source) for (source,), of_source in rows.partition_by("source", as_dict=True).items()}


def _seen(rows: pl.DataFrame) -> Seen:
    by_date = dict(rows.select("run_date", "seen_count").iter_rows())
    return Seen(any_count=by_date.pop(None), count_by_date=by_date)


def _loaded_before(lake: Lake, run_date: date) -> Iterator[date]:
    """Yield loaded dates, the newest first, so that taking a few looks into few folders."""
    for day in reversed(lake.dates_begun("registrations")):
        if day < run_date and all(lake.partition(table, day).is_file() for table in TABLES_READ):
            yield day


def _file(path: Path) -> str:
    """Return the path for read_parquet, which would take a data root named `a[b]*` for a pattern."""
    return glob.escape(str(path))
