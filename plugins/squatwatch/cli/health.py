"""`squatwatch health`: the checks of a date's lists as a table, and how to accept lists that a check stops."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from squatwatch import pipeline
from squatwatch.cli.query import print_table
from squatwatch.cli.steps import Date, progress, step
from squatwatch.dates import parse_run_date
from squatwatch.sentences import headline
from squatwatch.settings import read_settings

SHOWN = ("source", "check_name", "result", "figure", "least", "most", "detail")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(health)


def health(
    date: Date,
    accept: Annotated[
        str | None,
        typer.Option(
            "--accept",
            metavar="REASON",
            help="Accept these lists as they are, for this reason: no check stops them any more.",
        ),
    ] = None,
) -> None:
    """Check the date's lists against those of the dates before it, and print every check.

    Exits with status 1 where a check stops the date. Limits are in feed_health.yml (SQUATWATCH_FEED_HEALTH_FILE);
    docs/feed-health.md says what each check is for.
    """
    settings, run_date = read_settings(), parse_run_date(date)
    with step("health", run_date) as tell:
        results = pipeline.check_lists(settings, run_date, accept)
        tell(headline(results))
    print_table(list(SHOWN), [tuple(_shown(row[name]) for name in SHOWN) for row in results.rows.iter_rows(named=True)])
    results.demand_healthy()
    if accept is not None:
        progress.print(f"accepted; to go on, run: {results.resume}", markup=False, soft_wrap=True)


def _shown(value: Any) -> Any:
    """Return counts as whole numbers and shares with four places; everything else as it is."""
    if isinstance(value, float):
        return f"{value:,.0f}" if value == int(value) else f"{value:.4f}" if value < 1 else f"{value:,.1f}"
    return value
