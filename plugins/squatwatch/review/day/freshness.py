"""The dates that the settings of now would make otherwise, and the command that refreshes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from squatwatch.errors import SquatwatchError
from squatwatch.settings import Settings
from squatwatch.state.commands import next_command
from squatwatch.state.status import DateStatus


class Stale(NamedTuple):
    """`first` to `last`: dates that are out of date, `date_count` of them; why; and what refreshes them."""

    first: date
    last: date
    date_count: int
    reasons: tuple[str, ...]
    command: str


def stale_date(settings: Settings, run_date: date) -> Stale | None:
    """Return what is out of date of the date, None where nothing is. Reads the footers of its files."""
    from squatwatch.pipeline import status

    return _stale(settings, [status(settings, run_date)])


def stale_dates(settings: Settings) -> Stale | None:
    """Return what is out of date of all dates, None where nothing is; this takes some milliseconds a date."""
    return _stale(settings, _statuses(settings))


def outdated_dates(settings: Settings) -> list[date]:
    """Return the dates that are out of date, in order."""
    return [status.run_date for status in _statuses(settings) if status.state == "outdated"]


def _statuses(settings: Settings) -> list[DateStatus]:
    from squatwatch.pipeline import model_version
    from squatwatch.state.status import statuses_of

    return statuses_of(settings, model_version(settings))


def _stale(settings: Settings, statuses: Sequence[DateStatus]) -> Stale | None:
    outdated = [status for status in statuses if status.state == "outdated"]
    if not outdated:
        return None
    dates = [status.run_date for status in outdated]
    reasons = dict.fromkeys(reason for status in outdated for reason in status.reasons)
    return Stale(min(dates), max(dates), len(dates), tuple(reasons), next_command(settings, outdated) or "")


def stale_or_none(settings: Settings, run_date: date | None = None) -> Stale | None:
    """Return what is out of date of one date, or of all; None also where brands or model cannot be read."""
    try:
        return stale_date(settings, run_date) if run_date else stale_dates(settings)
    except SquatwatchError:
        return None
