"""The checks of a date: every check of every source, and the partition `feed_health` with their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from squatwatch import __version__
from squatwatch.errors import SquatwatchError
from squatwatch.feed_health.acceptance import Acceptance, accept, acceptance_of
from squatwatch.feed_health.checks import CHECKS
from squatwatch.feed_health.evidence import Evidence
from squatwatch.feed_health.history import TABLES_READ, DayCounts, Seen, Window, day_counts, seen_before, window_before
from squatwatch.feed_health.results import CheckResults, result_row
from squatwatch.feed_health.rules import Rules, read_rules
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import Input, Provenance
from squatwatch.lake.tables import FEED_HEALTH
from squatwatch.settings import Settings


def run_checks(settings: Settings, run_date: date) -> CheckResults:
    """Check the date's lists and replace its `feed_health`; an unhealthy feed is a result here, not an error.

    Raises SquatwatchError where the date was not loaded, its load was interrupted, or the rules do not fit.
    """
    lake, rules = Lake(settings.home), read_rules(settings.feed_health_file)
    with lake.exclusive(run_date):
        # before the data is read: a date that is loaded meanwhile shows as newer than what was checked
        basis = _basis(lake, rules, run_date)
        evidence = _evidence(lake, rules, run_date, basis.window)
        rows = [row for of_source in evidence for row in _rows(rules, of_source, basis)]
        table = pl.DataFrame(rows, schema=FEED_HEALTH.schema)
        lake.write(FEED_HEALTH.name, run_date, table, made_from=basis.made_from)
    return CheckResults(run_date, table, basis.made_from)


def require_healthy(settings: Settings, run_date: date) -> CheckResults:
    """Run the checks. Raises UnhealthyFeed, with what to do, where one stops the date; and what `run_checks` raises."""
    results = run_checks(settings, run_date)
    results.demand_healthy()
    return results


def accept_lists(settings: Settings, run_date: date, reason: str) -> CheckResults:
    """Accept the lists that the date has now, and check them again.

    Raises SquatwatchError where no check stops the date, or no reason is given.
    """
    results = run_checks(settings, run_date)
    if results.is_healthy:
        raise SquatwatchError(f"no check stops {run_date}: there is nothing to accept")
    accept(Lake(settings.home), run_date, results.made_from.upstream["registrations"], reason)
    return run_checks(settings, run_date)


def is_current(settings: Settings, run_date: date) -> bool:
    """Tell whether the results are of what there is now; False where there are none. Reads footers only.

    Raises SquatwatchError where the date was not loaded, or the rules do not fit.
    """
    lake = Lake(settings.home)
    now = _basis(lake, read_rules(settings.feed_health_file), run_date).made_from
    has_results = lake.partition(FEED_HEALTH.name, run_date).is_file()
    return has_results and lake.made_from(FEED_HEALTH.name, run_date) == now


@dataclass(frozen=True)
class _Basis:
    """The dates that a date's lists are compared with, what was accepted, and the provenance of the results."""

    window: Window
    acceptance: Acceptance | None
    made_from: Provenance


def _basis(lake: Lake, rules: Rules, run_date: date) -> _Basis:
    loaded = {table: lake.made_from(table, run_date).fingerprint for table in TABLES_READ}
    if len(set(loaded.values())) > 1:
        raise SquatwatchError(f"the load of {run_date} was interrupted; run: squatwatch load --date {run_date}")
    window = window_before(lake, run_date, rules.history.dates)
    acceptance = acceptance_of(lake, run_date, loaded["registrations"])
    made_from = Provenance(
        release=__version__,
        upstream={"registrations": loaded["registrations"]},
        inputs={
            Input.WINDOW: window.fingerprint,
            Input.RULES: rules.fingerprint(),
            Input.ACCEPTED: str(acceptance or ""),
        },
    )
    return _Basis(window, acceptance, made_from)


def _evidence(lake: Lake, rules: Rules, run_date: date, window: Window) -> list[Evidence]:
    """Return what is known of each source's list, in order of their names."""
    past = [day_counts(lake, day) for day in window.dates]
    seen = seen_before(lake, run_date, window)
    return [
        Evidence(today, _received(past, source), seen.get(source, Seen()), rules.history)
        for source, today in sorted(day_counts(lake, run_date).items())
    ]


def _received(past: Sequence[Mapping[str, DayCounts]], source: str) -> list[DayCounts]:
    return [day[source] for day in past if source in day and day[source].is_received]


def _rows(rules: Rules, evidence: Evidence, basis: _Basis) -> list[dict[str, Any]]:
    """Return a row for each check; of a list that did not come only that."""
    source = evidence.today.counts["source"]
    rule_of = rules.of(source)
    names = CHECKS if evidence.today.is_received else ["received"]
    findings = {name: CHECKS[name](evidence, rule_of[name]) for name in names}
    return [
        {"source": source, "check_name": name, **result_row(rule_of[name], finding, basis.acceptance)}
        for name, finding in findings.items()
    ]
