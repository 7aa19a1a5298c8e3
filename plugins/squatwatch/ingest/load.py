"""Load: the date's raw lists become `registrations`, `rejects` and what is counted of them, each replaced whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from squatwatch import __version__
from squatwatch.errors import BadList
from squatwatch.files.lines import lines_of
from squatwatch.files.listfile import open_list
from squatwatch.ingest.download import RawList, again, raw_lists
from squatwatch.ingest.normalise import Normalised, normalise
from squatwatch.ingest.recognise import without_names
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import Input, Provenance
from squatwatch.lake.tables import LOAD_COUNTS, NAME_COUNTS
from squatwatch.names.suffixes import suffix_fingerprint
from squatwatch.settings import Settings

InputName = Literal["input"]
INPUT: InputName = "input"  # the source of a file given by hand, which makes a date complete


@dataclass(frozen=True)
class Loaded:
    """Counts of a date, all sources together, and the sources whose list did not come."""

    line_count: int
    kept_count: int
    duplicate_count: int
    reject_count: int
    missing: Sequence[str]


def load_date(settings: Settings, run_date: date) -> Loaded:
    """Normalise every raw list of the date. Nothing is written before all of them were read well.

    Raises SquatwatchError where the date has no raw list, BadList where a list has no registrable domain.
    """
    lake = Lake(settings.home)
    with lake.exclusive(run_date):
        raws = raw_lists(settings.home, run_date)
        missing = missing_sources(settings.sources, [raw.source for raw in raws])
        normalised = [_normalise(run_date, raw, settings.max_list_bytes) for raw in raws]
        counts = pl.concat([*map(_counts, raws, normalised), *map(_none_received, missing)])
        made_from = made_from_lists(raws, missing)
        tables = {
            "rejects": pl.concat([of_source.rejects for of_source in normalised]),
            "load_counts": counts,
            "name_counts": pl.concat([_name_counts(of_source.registrations) for of_source in normalised]),
            "registrations": pl.concat([of_source.registrations for of_source in normalised]),
        }
        for table, rows in tables.items():
            lake.write(table, run_date, rows, made_from=made_from)
    totals = counts.select("line_count", "kept_count", "duplicate_count", "reject_count").sum()
    return Loaded(**totals.row(0, named=True), missing=missing)


def missing_sources(sources: Sequence[str], received: Sequence[str]) -> list[str]:
    """Return the configured sources without a list; none where a file was given by hand."""
    return [] if INPUT in received else [source for source in sources if source not in received]


def made_from_lists(raws: Sequence[RawList], missing: Sequence[str]) -> Provenance:
    """Return what registrations are made from: the lists by their hashes, the release, suffixes newer than it has."""
    suffixes = suffix_fingerprint()
    return Provenance(
        release=__version__,
        lists={raw.source: raw.sha256 for raw in raws},
        missing=tuple(missing),
        inputs={Input.SUFFIXES: suffixes} if suffixes else {},
    )


def _normalise(run_date: date, raw: RawList, max_bytes: int) -> Normalised:
    try:
        lines = lines_of(open_list(raw.path, max_bytes))
        result = normalise(raw.source, lines)
        if result.registrations.is_empty():
            raise BadList(without_names(result, lines))
    except BadList as error:
        raise BadList(
            f"the list of {run_date} from {raw.source} ({raw.path}) cannot be loaded: {error}; "
            f"{again(raw.source, run_date)}"
        ) from error
    return result


def _counts(raw: RawList, outcome: Normalised) -> pl.DataFrame:
    domains = outcome.registrations["domain"]
    row = {
        "source": raw.source,
        "is_received": True,
        "list_sha256": raw.sha256,
        "line_count": outcome.line_count,
        "kept_count": outcome.registrations.height,
        "duplicate_count": outcome.duplicate_count,
        "reject_count": outcome.rejects.height,
        "idn_count": outcome.registrations["is_idn"].sum(),
        "three_level_count": (domains.str.count_matches(".", literal=True) >= 2).sum(),
    }
    return pl.DataFrame([row], schema=LOAD_COUNTS.schema)


def _none_received(source: str) -> pl.DataFrame:
    """Return the row of a source whose list did not come."""
    zeros = {name: 0 for name in LOAD_COUNTS.columns if name.endswith("_count")}
    row = {"source": source, "is_received": False, "list_sha256": None, **zeros}
    return pl.DataFrame([row], schema=LOAD_COUNTS.schema)


def _name_counts(registrations: pl.DataFrame) -> pl.DataFrame:
    items = {"tld": pl.col("tld"), "initial": pl.col("domain").str.slice(0, 1)}
    counts = [
        registrations.group_by("source", item=item).agg(name_count=pl.len()).with_columns(kind=pl.lit(kind))
        for kind, item in items.items()
    ]
    return NAME_COUNTS.conform(pl.concat(counts)).sort("source", "kind", "item")
