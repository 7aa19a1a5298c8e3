"""The dates to pick from, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from squatwatch.warehouse.connection import ask, warehouse_path

STRIP = 14  # dates that are shown at a time
WORDS = {
    "none": "no run",
    "running": "running",
    "failed": "failed",
    "empty": "ran, nothing found",
    "found": "found",
}


class Day(NamedTuple):
    """A date: `state` is a key of WORDS, `reason` says what it lacks, if anything."""

    run_date: date
    state: str
    flagged_count: int = 0
    reason: str | None = None
    is_published: bool = False

    @property
    def words(self) -> str:
        """The state of the date, in words."""
        return f"{self.flagged_count} flagged" if self.state == "found" else WORDS[self.state]


# what was flagged, of every brand: today's list may have other brands than the date was made with
KNOWN = """
select dates.run_date, dates.state, dates.reason, dates.is_published, coalesce(out_count, 0)
from dates left join stage_balance on dates.run_date = stage_balance.run_date and stage = 'score'
"""
_kept: dict[tuple[object, ...], list[tuple[Any, ...]]] = {}


def days(home: Path, runs: Mapping[date, str]) -> dict[date, Day]:
    """Return every date that anything is known of. `runs` is what Airflow knows, by date.

    What was published stands, whatever the last run did; a date that is being run is said to be.
    """
    known = {run_date: _day(run_date, *rest) for run_date, *rest in _published_dates(home)}
    for run_date, state in runs.items():
        day = known.get(run_date, Day(run_date, "none"))
        if state == "running":
            known[run_date] = day._replace(state="running")
        elif not day.is_published:
            known[run_date] = day._replace(state="failed")
        else:
            known[run_date] = day._replace(reason=day.reason or "the last run of this date failed")
    return known


def opening_date(known: Mapping[date, Day]) -> date:
    """Return the date to begin with: the newest one with something to judge, else the newest one, else today."""
    to_judge = [day.run_date for day in known.values() if day.state == "found"]
    return max(to_judge or known or [datetime.now(UTC).date()])


def strip(known: Mapping[date, Day], chosen: date) -> list[Day]:
    """Return fourteen dates in a row with the chosen one among them, the newest last."""
    newest = max([*known, chosen])
    last = min(newest, chosen + timedelta(days=STRIP // 2 - 1))  # in the newer half: a narrow window shows no other
    dates = [last - timedelta(days=back) for back in range(STRIP - 1, -1, -1)]
    return [known.get(run_date, Day(run_date, "none")) for run_date in dates]


def _day(run_date: date, state: str, reason: str | None, is_published: bool, count: int) -> Day:
    if is_published:
        return Day(run_date, "found" if count else "empty", count, reason, True)
    return Day(run_date, "failed" if state in ("held", "damaged") else "none", 0, reason)


def _published_dates(home: Path) -> list[tuple[Any, ...]]:
    try:
        stat = warehouse_path(home).stat()
    except FileNotFoundError:
        return []
    key = (home, stat.st_mtime_ns, stat.st_ino)
    if key not in _kept:
        rows = ask(home, KNOWN)[1]
        _kept.clear()
        _kept[key] = rows
        return rows
    return _kept[key]
