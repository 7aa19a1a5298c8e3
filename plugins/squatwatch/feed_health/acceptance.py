"""Acceptance of lists: a person says that the very lists of a date are right, and why."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl

from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import Lake
from squatwatch.lake.tables import ACCEPTED_LISTS


@dataclass(frozen=True)
class Acceptance:
    """An acceptance of a date's lists: by whom, when and why."""

    registrations: str  # fingerprint of what was accepted
    reason: str
    accepted_by: str
    accepted_at: datetime

    def __str__(self) -> str:
        return f"accepted by {self.accepted_by} on {self.accepted_at:%Y-%m-%d %H:%M} UTC: {self.reason}"


def acceptance_of(lake: Lake, run_date: date, registrations: str) -> Acceptance | None:
    """Return the newest acceptance of the registrations with this fingerprint; one of other lists does not count."""
    accepted = _read(lake, run_date).filter(registrations=registrations).sort("accepted_at").tail(1)
    return Acceptance(**accepted.row(0, named=True)) if accepted.height else None


def accept(lake: Lake, run_date: date, registrations: str, reason: str) -> None:
    """Add an acceptance to those of the date: who, when and why. Raises SquatwatchError where no reason is given."""
    reason = " ".join(reason.split())
    if not reason:
        raise SquatwatchError(
            f"say why the list of {run_date} is right: squatwatch health --date {run_date} --accept …"
        )
    row = {
        "registrations": registrations,
        "reason": reason,
        "accepted_by": _login(),
        "accepted_at": datetime.now(UTC),
    }
    with lake.exclusive(run_date):
        rows = [_read(lake, run_date), pl.DataFrame([row], schema=ACCEPTED_LISTS.schema)]
        lake.write(ACCEPTED_LISTS.name, run_date, pl.concat(rows))


def _read(lake: Lake, run_date: date) -> pl.DataFrame:
    if lake.partition(ACCEPTED_LISTS.name, run_date).is_file():
        return lake.read(ACCEPTED_LISTS.name, run_date)
    return pl.DataFrame(schema=ACCEPTED_LISTS.schema)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container that runs under a number without a name
        return "unknown"
