"""The model as the page shows it: what reviews say of what it flagged, and whether its scores move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from typing import Any

from squatwatch.review.charts.reading import newest, rows, rows_with_labels
from squatwatch.settings import Settings
from squatwatch.warehouse.dbt_variables import trailing_days

DRIFT_DAYS = 90

# a label belongs to a name and a brand, so it judges every version that flagged them, whoever was asked then
REVIEWED = """
    with flagged as (
        select model_version, detection_id, coalesce(arg_max(technique, scored_at), 'unknown') as technique
        from detections_history where is_detection group by model_version, detection_id
    )
    select
        flagged.model_version, technique, count(*) as flagged_count,
        count(*) filter (is_squat) as squat_count,
        count(*) filter (not is_squat) as false_alarm_count
    from flagged left join newest_labels using (detection_id)
    group by flagged.model_version, technique
"""


@dataclass(frozen=True)
class Reviewed:
    """Names that were flagged and what analysts said of them; those on watch are not decided."""

    flagged: int = 0
    squats: int = 0
    false_alarms: int = 0

    @property
    def judged(self) -> int:
        """Names that somebody has decided on."""
        return self.squats + self.false_alarms

    @property
    def precision(self) -> float | None:
        """Share of the judged names that are squats, None where none was judged."""
        return self.squats / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's score interval of the precision at 95 % (Wilson 1927): three of three does not make 100 %."""
        if not self.judged:
            return None
        n, share, z = self.judged, self.squats / self.judged, 1.96
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Model:
    """A model version: the dates whose verdicts in force are its own (none, perhaps), and its reviews."""

    version: str
    first: date | None
    last: date | None
    date_count: int
    overall: Reviewed
    techniques: list[tuple[str, Reviewed]]


def models(settings: Settings) -> list[Model]:
    """Return model versions, that of the newest date first; their techniques by how much they flag."""
    dates_sql = """select model_version, min(run_date) as first, max(run_date) as last, count(*) as date_count
                   from score_drift group by model_version"""
    dates = {row.pop("model_version"): row for row in rows(settings.home, dates_sql)}
    reviewed: dict[str, dict[str, Reviewed]] = {}
    for row in rows_with_labels(settings, REVIEWED):
        counts = Reviewed(row["flagged_count"], row["squat_count"], row["false_alarm_count"])
        reviewed.setdefault(row["model_version"], {})[row["technique"]] = counts
    none = {"first": None, "last": None, "date_count": 0}
    versions = [
        Model(version, **dates.get(version, none), overall=_sum(by.values()), techniques=_sorted(by))
        for version in dates.keys() | reviewed.keys()
        for by in [reviewed.get(version, {})]
    ]
    return sorted(versions, key=lambda model: (model.last or date.min, model.version), reverse=True)


def _sum(reviewed: Iterable[Reviewed]) -> Reviewed:
    parts = list(reviewed)
    return Reviewed(*(sum(getattr(part, name) for part in parts) for name in ("flagged", "squats", "false_alarms")))


def _sorted(by_technique: dict[str, Reviewed]) -> list[tuple[str, Reviewed]]:
    return sorted(by_technique.items(), key=lambda item: (-item[1].flagged, item[0]))


@dataclass(frozen=True)
class Distribution:
    """Tenths of the score: pairs of the newest date, how many of them were flagged, and the mean of dates before."""

    run_date: date
    counts: list[int]
    flagged: list[int]
    usual: list[float] | None
    reference_dates: int
    below_floor: int


def distribution(settings: Settings) -> Distribution | None:
    """Return the newest date's scores against the days before of the same model, None where no date is published."""
    if not (newest_scored := newest(settings.home)):
        return None
    day, version = newest_scored
    first = day - timedelta(days=trailing_days(settings.dbt_project))
    dates_sql = "select run_date, pair_count from score_drift where model_version = ? and run_date >= ?"
    dates = {row["run_date"]: row["pair_count"] for row in rows(settings.home, dates_sql, [version, first])}
    bins_sql = """
        select run_date = $1 as is_newest, least(floor(score * 10), 9)::int as bin, count(*) as pair_count,
            count(*) filter (is_detection) as flagged_count
        from scored.detections where model_version = $2 and run_date >= $3 group by all"""
    counts, flagged, before = [0] * 10, [0] * 10, [0] * 10
    for row in rows(settings.home, bins_sql, [day, version, first]):
        if row["is_newest"]:
            counts[row["bin"]], flagged[row["bin"]] = row["pair_count"], row["flagged_count"]
        else:
            before[row["bin"]] = row["pair_count"]
    others = len(dates) - 1
    usual = [n / others for n in before] if others else None
    return Distribution(day, counts, flagged, usual, others, below_floor=dates[day] - sum(counts))


def drift(home: Path) -> list[dict[str, Any]]:
    """Return run_date, model_version and score_psi of each of the last 90 days, None for a gap."""
    if not (newest_scored := newest(home)):
        return []
    days = [newest_scored[0] - timedelta(days=n) for n in reversed(range(DRIFT_DAYS))]
    sql = "select run_date, model_version, score_psi from score_drift where run_date >= ?"
    known = {row["run_date"]: row for row in rows(home, sql, [days[0]])}
    started = [day for day in days if day >= min(known, default=days[0])]
    return [known.get(day, {"run_date": day, "model_version": None, "score_psi": None}) for day in started]
