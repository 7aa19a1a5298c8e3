"""`squatwatch rank`: order again what was scored, by what analysts have said meanwhile of earlier dates."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from squatwatch import pipeline
from squatwatch.cli.steps import progress, step, window
from squatwatch.dates import parse_run_date
from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import Lake
from squatwatch.settings import Settings, read_settings
from squatwatch.store.door import follow

Day = Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The date to rank.")]
First = Annotated[str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="First date of several.")]
Last = Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Last date of several, included.")]


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(rank)


def rank(date: Day = None, first: First = None, last: Last = None) -> None:
    """Rank dates that were scored: one, or all from one to another. `score` does it too, for its date.

    What analysts said of earlier dates counts; no network is loaded. `squatwatch publish` then shows it.
    """
    settings = read_settings()
    for run_date in _dates(settings, date, first, last):
        with step("rank", run_date) as tell:
            tell(pipeline.rank(settings, run_date))
    progress.print("to show it, run: squatwatch publish")


def _dates(settings: Settings, day: str | None, first: str | None, last: str | None) -> list[date]:
    """Return the dates to rank. Raises SquatwatchError unless there is one, or a window with dates that were scored."""
    if day and not (first or last):
        return [parse_run_date(day)]
    if day or not (first and last):
        raise SquatwatchError("name the dates: --date YYYY-MM-DD, or --from YYYY-MM-DD --to YYYY-MM-DD")
    begin, end = window(first, last)
    follow(settings)
    scored = [run_date for run_date in Lake(settings.home).dates("detections") if begin <= run_date <= end]
    if not scored:
        raise SquatwatchError(
            f"no date from {begin} to {end} was scored; run: squatwatch backfill --from {begin} --to {end}"
        )
    return scored
