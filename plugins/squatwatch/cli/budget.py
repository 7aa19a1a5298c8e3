"""`squatwatch calibrate` and `squatwatch budget`: thresholds from alarm budgets, and whether the budgets hold."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from squatwatch import pipeline
from squatwatch.cli.query import Format, print_query
from squatwatch.cli.steps import Brands, First, Last, progress, settings_for_brands, settings_with, step, window
from squatwatch.errors import SquatwatchError
from squatwatch.lists.thresholds import stored_thresholds
from squatwatch.store.door import follow, follow_warehouse
from squatwatch.warehouse.connection import ask

BY_BRAND = """
select
    brand, any_value(alarm_budget) as alarm_budget, round(any_value(threshold), 5) as threshold,
    count(*) as day_count, sum(flagged_count)::bigint as flagged_count, round(avg(flagged_count), 2) as flagged_per_day,
    avg(flagged_count) <= 2 * any_value(alarm_budget) as is_held
from budget_check
where model_version = ? and run_date between ? and ?
group by brand
order by avg(flagged_count) / any_value(alarm_budget) desc, brand
"""


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    for command in (calibrate, budget):
        app.command()(command)


def calibrate(first: First, last: Last, brands: Brands = None) -> None:
    """Set each brand's threshold so that it keeps to its alarm budget on the dates given.

    Takes dates that were scored already; a week or more gives thresholds that last. Dates scored from now on use them.
    A brand within its budget keeps the model's threshold.
    """
    begin, end = window(first, last)
    settings = settings_for_brands(brands)
    with step("calibrate") as tell:
        tell(pipeline.calibrate(settings, begin, end))
    with step("publish") as tell:
        tell(pipeline.publish(settings))


def budget(
    first: First,
    last: Last,
    format: Annotated[Format, typer.Option("--format", help="table for people; csv; json.")] = Format.TABLE,
) -> None:
    """Check on later dates what each brand raises against its alarm budget, at the calibrated thresholds.

    A budget holds where a brand raises at most twice as many names a day. Same figures, date by date, in the view
    budget_check.
    """
    settings, (begin, end) = settings_with(), window(first, last)
    follow(settings, [])
    follow_warehouse(settings)
    version = pipeline.model_version(settings)
    stored = stored_thresholds(settings.home, version)
    if stored.is_empty():
        raise SquatwatchError(
            f"no thresholds are stored for model {version} in {settings.home}; "
            "run: squatwatch calibrate --from YYYY-MM-DD --to YYYY-MM-DD"
        )
    parameters = [version, begin, end]
    counted = f"select count(*), count(*) filter (is_held), max(day_count) from ({BY_BRAND})"
    [(brand_count, held, dates)] = ask(settings.home, counted, parameters)[1]
    if not brand_count:
        raise SquatwatchError(
            f"model {version} scored no date from {begin} to {end}; run: squatwatch backfill --from {begin} --to {end}"
        )
    print_query(settings.home, BY_BRAND, parameters, format)
    share = f"{held} of {brand_count} brands ({held / brand_count:.0%})"
    progress.print(f"{share} raise at most twice their budget, on {dates} dates")
    _warn_of_overlap(min(stored["window_begins_on"].to_list()), max(stored["window_ends_on"].to_list()), begin, end)


def _warn_of_overlap(calibrated_from: date, calibrated_to: date, begin: date, end: date) -> None:
    if begin <= calibrated_to and end >= calibrated_from:
        span = f"{calibrated_from} to {calibrated_to}"
        progress.print(f"the thresholds were calibrated on {span}; budgets may hold less well on other dates")
