"""The date that a task's run is about, and the settings that it works with."""

from __future__ import annotations

from datetime import UTC, date
from pathlib import Path

from airflow.sdk import Context

from squatwatch.dates import parse_run_date
from squatwatch.errors import SquatwatchError
from squatwatch.settings import Settings, settings

WITH_DATES_OF_THEIR_OWN = ("backfill", "scheduled")


def run_date_of(context: Context) -> date:
    """Return the date that a run examines: its param `run_date` if given, else the day of its logical date (UTC).

    Not `data_interval_start`, which in a manual run is the day before, and not today, which a backfill is never about.
    Raises SquatwatchError where a run has neither, where `run_date` is not a date, and where a run of a backfill or of
    the schedule, which is about its logical date, is given another one: its own date would look done, and nothing
    would have been done for it.
    """
    run = context["dag_run"]
    own_date = run.logical_date.astimezone(UTC).date() if run.logical_date else None
    if given := context["params"].get("run_date"):
        run_date = parse_run_date(str(given))
        if run.run_type in WITH_DATES_OF_THEIR_OWN and own_date and run_date != own_date:
            raise SquatwatchError(
                f"this {run.run_type} run is about {own_date}, but its form has run_date {run_date}: leave run_date "
                f"empty in a backfill, whose dates are those of its range. For {run_date} alone, trigger a single run"
            )
        return run_date
    if own_date:
        return own_date
    raise SquatwatchError("this run has no logical date; trigger it again with run_date, for example 2024-06-13")


def settings_of(context: Context) -> Settings:
    """Return the settings of the process.

    With the param `other_brands` the brand list in force counts as named for this run: a date of another list is made
    with it.
    """
    from squatwatch.lists.brands_in_force import brands_name

    of_process = settings()
    if not context["params"].get("other_brands"):
        return of_process
    return of_process.model_copy(update={"brands_file": Path(brands_name(of_process))})
