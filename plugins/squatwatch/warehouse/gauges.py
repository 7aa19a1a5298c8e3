"""The figures of a date that a monitoring system should see, read from the warehouse's monitoring marts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from squatwatch.warehouse.connection import connect

# columns beside value are tags; docs/monitoring.md lists them
QUERIES = {
    "registrations": "select source, kept_count as value from feed_volumes where run_date = $date",
    "volume_ratio": "select source, volume_ratio as value from feed_volumes where run_date = $date",
    "feed_checks_not_passed": "select source, count(*) filter (result <> 'passed') as value from feed_health"
    " where run_date = $date and result <> 'skipped' group by source",
    "is_balanced": "select stage, is_balanced::integer as value from stage_balance where run_date = $date",
    "candidates": "select candidate_count as value from score_counts where run_date = $date",
    "detections": "select brand, flagged_count as value from brand_alarms where run_date = $date",
    "alarm_budget": "select brand, alarm_budget as value from brand_alarms where run_date = $date",
    "score_psi": "select score_psi as value from score_drift where run_date = $date",
    "oov_ratio": "select oov_ratio as value from vocabulary where run_date = $date",
}


class Gauge(NamedTuple):
    """One figure of a date for a monitoring system."""

    name: str  # without the prefix squatwatch.
    value: float
    tags: dict[str, str]


def gauges(home: Path, run_date: date) -> Iterator[Gauge]:
    """Yield the date's figures; what is not known for it is left out.

    Raises SquatwatchError before the first publish.
    """
    with connect(home) as warehouse:
        for name, sql in QUERIES.items():
            result = warehouse.execute(sql, {"date": run_date})
            columns = [column[0] for column in result.description]
            for row in result.fetchall():
                named = dict(zip(columns, row, strict=True))
                value = named.pop("value")
                if value is not None:
                    yield Gauge(name, float(value), named)
