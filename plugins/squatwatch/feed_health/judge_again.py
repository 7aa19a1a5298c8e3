"""Judges dates again that were judged before an earlier date was loaded: so the order of loading does not matter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from squatwatch.feed_health.judge import is_current, judge_date
from squatwatch.feed_health.rules import read_rules
from squatwatch.lake.partitions import Lake
from squatwatch.settings import Settings


def judge_again(settings: Settings, loaded_before: Mapping[date, int]) -> list[str]:
    """Looks at the dates whose window holds a date that was loaded since; returns what stops them now.

    `loaded_before` is, by date, when its registrations were written (ns) as of the last time. Dates far from what was
    loaded since are not looked at, so a day costs the same however long the history is.
    """
    lake, told = Lake(settings.home), []
    paths = {run_date: lake.partition("registrations", run_date) for run_date in lake.dates_begun("registrations")}
    loaded = {run_date: path.stat().st_mtime_ns for run_date, path in paths.items() if path.is_file()}
    dates, length = list(loaded), read_rules(settings).history.dates
    affected = set()
    for at, run_date in enumerate(dates):
        if loaded[run_date] != loaded_before.get(run_date):
            affected.update(dates[at + 1 : at + 1 + length])
    for run_date in sorted(affected):
        if lake.partition("feed_health", run_date).is_file() and not is_current(settings, run_date):
            judged = judge_date(settings, run_date)
            told += [
                f"{run_date}, judged again after an earlier date was loaded: {why}" for why in judged.found("stopped")
            ]
    return told
