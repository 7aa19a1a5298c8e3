"""Rechecks of dates that were checked before an earlier date was loaded: the order of loading makes no difference."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from squatwatch.feed_health.checking import is_current, run_checks
from squatwatch.feed_health.results import CheckResults
from squatwatch.feed_health.rules import read_rules
from squatwatch.lake.partitions import Lake
from squatwatch.settings import Settings


def check_again(settings: Settings, loaded_before: Mapping[date, int]) -> list[CheckResults]:
    """Check dates again that were compared with a date that was loaded since; return the results that stop a date.

    `loaded_before` is, by date, when its registrations were written (ns) as of the last time. Only dates whose window
    holds what was loaded since are looked at, so a day costs the same however long the history is.
    """
    lake = Lake(settings.home)
    paths = {run_date: lake.partition("registrations", run_date) for run_date in lake.dates_begun("registrations")}
    loaded = {run_date: path.stat().st_mtime_ns for run_date, path in paths.items() if path.is_file()}
    dates, length = list(loaded), read_rules(settings.feed_health_file).history.dates
    affected = set[date]()
    for at, run_date in enumerate(dates):
        if loaded[run_date] != loaded_before.get(run_date):
            affected.update(dates[at + 1 : at + 1 + length])
    checked = [
        run_checks(settings, run_date)
        for run_date in sorted(affected)
        if lake.partition("feed_health", run_date).is_file() and not is_current(settings, run_date)
    ]
    return [results for results in checked if not results.is_healthy]
