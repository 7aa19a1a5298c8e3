"""Sightings: on which dates the domains that ever resembled a brand were registered, however long the history is.

The rows say nothing about the order in which dates were loaded. They are brought up to date by what changed: the
names of a changed date are looked up among the domains known, and domains that are new among all dates. For that, each
month has an index below `<home>/index`: the sorted hashes of all its names, read by binary search and never whole, so
a day costs the same after ten years. A month's index is made anew when eight of its dates are not in it, or one has
changed.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TypedDict

import numpy as np
import polars as pl
from numpy.typing import NDArray

from squatwatch.lake.partitions import atomic

Entries = NDArray[np.uint64]

SCHEMA = pl.Schema({"domain": pl.String, "run_date": pl.Date})
MOST_OUTSIDE = 7  # dates of a month that are read as they are; more, and its index is made anew
DAY = np.uint64(31)  # the low bits of an index entry are the day of the month, the others the name's hash


class Description(TypedDict):
    """The file beside a month's index that says what it was made from."""

    hashed_by: str  # version of polars
    file: str  # name of the index
    dates: dict[str, str]  # name of the file of registrations by date


def update_sightings(
    home: Path,
    before: pl.DataFrame,
    changed: Iterable[date],
    registrations: Mapping[date, Path],
    detections: Mapping[date, Path],
) -> pl.DataFrame:
    """Return the dates in `registrations` that list a domain of any date in `detections`: columns `domain`, `run_date`.

    `before` is what it returned before the files of the dates in `changed` changed. A domain that no date's detections
    name any more stays. Two names share a hash of 59 bits once in some hundred thousand years of days.
    """
    changed = set(changed)
    known = before["domain"].unique()
    unchanged = before.filter(~pl.col("run_date").is_in(list(changed)))
    named = _domains(detections[day] for day in changed if day in detections)
    added = named.filter(~named.is_in(known.implode()))
    everything = pl.concat([known, added])
    in_changed = [_listed(registrations[day], day, everything) for day in changed if day in registrations]
    others = {day: path for day, path in registrations.items() if day not in changed}
    in_others = _looked_up(home, added, others, registrations)
    return pl.concat([unchanged, *in_changed, in_others]).unique().sort("domain", "run_date")


def _looked_up(
    home: Path, domains: pl.Series, dates: Mapping[date, Path], registrations: Mapping[date, Path]
) -> pl.DataFrame:
    """Return which of `dates` list the domains: by the months' indexes and, for dates in none, by their files."""
    sightings = [pl.DataFrame(schema=SCHEMA)]
    if domains.is_empty() or not dates:
        return sightings[0]
    hashes = _hashes(domains)
    months: dict[date, dict[date, Path]] = defaultdict(dict)
    for day, path in registrations.items():
        months[day.replace(day=1)][day] = path
    for month, files in months.items():
        index, indexed = _month_index(home, month, files)
        if indexed & dates.keys():
            hits = _in_index(index, month, domains, hashes)
            sightings.append(hits.filter(pl.col("run_date").is_in(list(indexed & dates.keys()))))
        sightings += [_listed(files[day], day, domains) for day in files.keys() & dates.keys() - indexed]
    return pl.concat(sightings)


def _month_index(home: Path, month: date, files: Mapping[date, Path]) -> tuple[Entries, set[date]]:
    """Return the month's index (uint64, sorted), made anew where it has to be, and the dates in it."""
    described = home / "index" / f"{month:%Y-%m}.json"
    state = _described(described)
    stale = any(state["dates"].get(str(day), path.name) != path.name for day, path in files.items())
    gone = state["dates"].keys() - {str(day) for day in files}
    if stale or gone or len(files) - len(state["dates"]) > MOST_OUTSIDE:
        state = _write_index(described, files)
    if not state["dates"]:
        return np.empty(0, np.uint64), set()
    try:
        index = np.load(described.with_name(state["file"]), mmap_mode="r")
    except (OSError, ValueError):  # damaged
        state = _write_index(described, files)
        index = np.load(described.with_name(state["file"]), mmap_mode="r")
    return index, {date.fromisoformat(day) for day in state["dates"]}


def _described(path: Path) -> Description:
    """Return the description of a month's index; an empty one where it, or the index, cannot be used."""
    nothing: Description = {"hashed_by": "", "file": "", "dates": {}}
    try:
        state: Description = json.loads(path.read_text())
    except (OSError, ValueError):
        return nothing
    usable = state["hashed_by"] == pl.__version__ and path.with_name(state["file"]).is_file()
    return state if usable else nothing


def _write_index(described: Path, files: Mapping[date, Path]) -> Description:
    """Write a month's index, and a description with the files in it: files of the same content have the same name."""
    listed = {day: _domains([path]) for day, path in files.items()}
    days = np.repeat([np.uint64(day.day) for day in listed], [names.len() for names in listed.values()])
    entries = _hashes(pl.concat(listed.values())) & ~DAY | days
    old = _described(described)["file"]
    array = described.with_name(f"{described.stem}-{uuid.uuid4().hex[:8]}.npy")
    with atomic(array) as temporary, temporary.open("wb") as file:
        np.save(file, np.sort(entries))
    dates = {str(day): path.name for day, path in sorted(files.items())}
    state: Description = {"hashed_by": pl.__version__, "file": array.name, "dates": dates}
    with atomic(described) as temporary:
        temporary.write_text(json.dumps(state))
    if old:
        described.with_name(old).unlink(missing_ok=True)
    return state


def _in_index(index: Entries, month: date, domains: pl.Series, hashes: Entries) -> pl.DataFrame:
    """Return on which days of the month the index has the domains.

    An entry is a name's hash with the day of the month in its five lowest bits, so the entries of one name stand
    together, a day each, between `hash with day 0` and `hash with day 31`. Two binary searches for all names at once
    give where each name's entries begin (`first`) and end (`last`); the index is mapped into memory, and the pages
    that the searches touch are all that is read. A name with n entries then takes n rows: `at` repeats its position n
    times, and `steps` counts 0 to n - 1 within it, so `first + steps` are the places of all entries.
    """
    first = np.searchsorted(index, hashes & ~DAY, side="left")
    last = np.searchsorted(index, hashes | DAY, side="right")
    counts = last - first
    at = np.repeat(np.arange(len(hashes)), counts)
    steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    days = index[np.repeat(first, counts) + steps] & DAY
    return pl.DataFrame(
        {"domain": domains.gather(at), "run_date": [month.replace(day=int(day)) for day in days]}, schema=SCHEMA
    )


def _hashes(domains: pl.Series) -> Entries:
    """Return the names' hashes. Another version of polars may hash otherwise, so an index says which one made it."""
    return domains.hash(seed=1).to_numpy()


def _listed(path: Path, run_date: date, domains: pl.Series) -> pl.DataFrame:
    """Return which of the domains the date's file lists."""
    listed = _domains([path])
    listed = listed.filter(listed.is_in(domains.implode()))
    return pl.DataFrame({"domain": listed}).with_columns(run_date=pl.lit(run_date)).cast(SCHEMA)


def _domains(paths: Iterable[Path]) -> pl.Series:
    """Return the domains that the files list, each once."""
    columns = [
        pl.read_parquet(path, columns=["domain"], hive_partitioning=False, glob=False)["domain"] for path in paths
    ]
    return pl.concat(columns).unique() if columns else pl.Series("domain", [], dtype=pl.String)
