"""`squatwatch backfill` and `squatwatch status`: many dates, and the state of each."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from squatwatch import pipeline
from squatwatch.cli.query import console
from squatwatch.cli.steps import Brands, First, Last, Refetch, progress, settings_for_brands, settings_with, window
from squatwatch.errors import SquatwatchError
from squatwatch.store.door import follow
from squatwatch.wording import first_few

MOST_FAILURES = 20  # that are printed in full at the end


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    for command in (backfill, status):
        app.command()(command)


def backfill(
    first: First,
    last: Last,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Dates at once. [default: one per two cores]")] = max(
        1, (os.cpu_count() or 1) // 2
    ),
    force: Annotated[bool, typer.Option("--force", help="Do again what is done, too.")] = False,
    existing: Annotated[
        bool, typer.Option("--existing", help="Only dates that the data root has something of.")
    ] = False,
    brands: Brands = None,
    refetch: Refetch = False,
) -> None:
    """Bring every date from one to another up to date.

    Dates that are done are left alone; each of the others begins with the step that it lacks. A date that fails does
    not stop the others. A backfill that was killed goes on when it is run again.
    """
    from squatwatch.backfill import backfill, lists_replaced, wanted_dates
    from squatwatch.state.status import known_dates

    begin, end = window(first, last)
    settings = settings_for_brands(brands)
    follow(settings)
    dates = _dates(begin, end)
    if existing:
        dates = sorted(set(dates) & set(known_dates(settings.home)))
    pipeline.check(settings)
    wanted = wanted_dates(settings, dates, force=force or refetch)
    for line in lists_replaced(settings, wanted):
        _tell(f"{line}, and made with that now")
    progress.print(f"{len(dates)} dates: {len(dates) - len(wanted)} are done, {len(wanted)} to do")
    if not wanted:
        return
    failed = backfill(settings, wanted, _tell, jobs=jobs, refetch=refetch)
    left = [date_status for date_status in wanted_dates(settings, dates) if date_status.run_date not in failed]
    progress.print(f"{len(wanted) - len(failed) - len(left)} of {len(wanted)} dates done")
    if failed or left:
        reasons = failed | {
            date_status.run_date: f"{date_status.state}: {'; '.join(date_status.reasons)}" for date_status in left
        }
        raise SquatwatchError(_summary(reasons, len(wanted)))


def status(
    first: Annotated[str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="First date.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Last date, included.")] = None,
    brands: Brands = None,
) -> None:
    """Show which dates are done, partial, unfinished or out of date, why, and the command that brings them up to date.

    Without --from and --to, all dates are shown, those that are not published yet included.
    """
    from squatwatch.state.commands import command_for_list_in_force, next_command
    from squatwatch.state.status import status_of, statuses_of

    settings = settings_with(brands_file=brands)
    follow(settings)
    version = pipeline.model_version(settings)
    if first or last:
        begin, end = window(first or last or "", last or first or "")
        statuses = [status_of(settings, run_date, version) for run_date in _dates(begin, end)]
    else:
        statuses = statuses_of(settings, version)
    if not statuses:
        return _tell_nothing_there(settings.home)
    table = Table("run_date", "state", "reason")
    for date_status in statuses:
        table.add_row(
            str(date_status.run_date), date_status.state, Text("; ".join(date_status.reasons), overflow="fold")
        )
    screen = console()
    screen.print(table)
    if command := next_command(settings, statuses):
        screen.print(f"to bring them up to date, run: {command}", soft_wrap=True, markup=False)
    if command := command_for_list_in_force(settings, statuses):
        screen.print("dates that were made with another brand list keep it, unless you name one", soft_wrap=True)
        screen.print(f"to make them with the list in force, run: {command}", soft_wrap=True, markup=False)


def _tell_nothing_there(home: Path) -> None:
    missing = "" if home.is_dir() else " (no such folder: is SQUATWATCH_HOME right?)"
    line = f"there are no dates in {home}{missing}; to make one, run: squatwatch run --date YYYY-MM-DD"
    console().print(line, soft_wrap=True, markup=False)


def _dates(begin: date, end: date) -> list[date]:
    return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


def _tell(line: str) -> None:
    progress.print(f"  {line}", markup=False, soft_wrap=True)


def _summary(failed: dict[date, str], wanted_count: int) -> str:
    failures = [f"{run_date}: {problem}" for run_date, problem in sorted(failed.items())]
    return "\n  ".join([f"{len(failed)} of {wanted_count} dates are not done", *first_few(failures, MOST_FAILURES)])
