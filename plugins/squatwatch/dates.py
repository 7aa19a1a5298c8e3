"""Run dates as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from squatwatch.errors import SquatwatchError


def parse_run_date(text: str) -> date:
    """Return `2024-06-13` as a date that has begun (UTC).

    Raises SquatwatchError for another format and for a date in the future.
    """
    try:
        run_date = datetime.strptime(text.strip(), "%Y-%m-%d").date()
    except ValueError:
        raise SquatwatchError(f"{text!r} is not a date: write it as YYYY-MM-DD, for example 2024-06-13") from None
    if run_date > datetime.now(UTC).date():
        raise SquatwatchError(f"{run_date} is in the future: its registrations are not known yet")
    return run_date
