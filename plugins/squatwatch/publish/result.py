"""The results of publishing: a new warehouse, or a date that is in it already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from squatwatch.state.status import State


@dataclass(frozen=True)
class Published:
    """The result of a publish, and what somebody should look at."""

    place: str  # of the warehouse: its path, or in a store its URL
    date_count: int
    changed: Sequence[date]  # dates that are new or of which a file changed
    held_back: Mapping[date, str]  # why a date stays as it was published
    states: Mapping[State, int]  # dates by state
    refresh_command: str | None  # brings all dates up to date
    warnings: Sequence[str]  # of dbt's tests


@dataclass(frozen=True)
class PublishedAlready:
    """A date that needed no publish of its own: another one has taken it as it is."""

    run_date: date
    place: str
