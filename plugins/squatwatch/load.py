"""Load: the date's raw lists become `registrations`, `rejects` and `load_counts`, each replaced whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from squatwatch.download import RawList, again, raw_lists
from squatwatch.errors import BadList
from squatwatch.lake import Lake
from squatwatch.lines import lines_of
from squatwatch.listfile import open_list
from squatwatch.normalise import Normalised, normalise
from squatwatch.settings import Settings
from squatwatch.tables import LOAD_COUNTS, REJECT_REASONS


@dataclass(frozen=True)
class Loaded:
    """Counts of a date, all sources together."""

    line_count: int
    kept_count: int
    duplicate_count: int
    reject_count: int

    def __str__(self) -> str:
        return (
            f"{self.line_count:,} lines: {self.kept_count:,} registrations, "
            f"{self.duplicate_count:,} duplicates, {self.reject_count:,} rejects"
        )


def load_date(settings: Settings, run_date: date) -> Loaded:
    """Normalises every raw list of the date. Nothing is written before all of them were read well.

    Raises SquatwatchError where the date has no raw list, BadList where a list has no registrable domain.
    """
    normalised = [_normalise(settings, run_date, raw) for raw in raw_lists(settings, run_date)]
    counts = pl.concat([_counts(raw) for raw in normalised])
    lake = Lake(settings.home)
    lake.write("rejects", run_date, pl.concat([each.rejects for each in normalised]))
    lake.write("load_counts", run_date, counts)
    lake.write("registrations", run_date, pl.concat([each.registrations for each in normalised]))
    return Loaded(**counts.drop("source").sum().row(0, named=True))


def _normalise(settings: Settings, run_date: date, raw: RawList) -> Normalised:
    try:
        result = normalise(raw.source, lines_of(open_list(raw.path, settings.max_list_mib << 20)))
        if result.registrations.is_empty():
            raise BadList(f"none of its {result.line_count:,} lines is a registrable domain ({_commonest(result)})")
    except BadList as error:
        raise BadList(
            f"the list of {run_date} from {raw.source} ({raw.path}) cannot be loaded: {error}; "
            f"{again(raw.source, run_date)}"
        ) from error
    return result


def _commonest(result: Normalised) -> str:
    reason, count = result.rejects["reason"].value_counts(sort=True).row(0)
    return f"{count:,} times {REJECT_REASONS[reason]}"


def _counts(each: Normalised) -> pl.DataFrame:
    source = pl.concat([each.registrations["source"], each.rejects["source"]]).first()
    return LOAD_COUNTS.conform(
        pl.DataFrame(
            {
                "source": [source],
                "line_count": [each.line_count],
                "kept_count": [each.registrations.height],
                "duplicate_count": [each.duplicate_count],
                "reject_count": [each.rejects.height],
            }
        )
    )
