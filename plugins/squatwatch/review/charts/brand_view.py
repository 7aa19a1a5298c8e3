"""Read brands as the page shows them: names flagged on each day against the budget, and which names these were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean
from typing import Any

from squatwatch.review.charts.reading import DAYS, days_up_to, newest, rows, rows_with_labels
from squatwatch.settings import Settings
from squatwatch.warehouse.dbt_variables import budget_tolerance

MOST_DETECTIONS = 100
WEEKS = 52

# of every brand, or of one, whether it is still looked for or was once; a date without a detection has its row too
COUNTS = """
    with listed as (select brand, any_value(alarm_budget) as alarm_budget from brands group by brand),
    flagged as (
        select run_date, brand, count(*) as flagged_count from scored.detections
        where is_detection and run_date between $1 and $2 group by run_date, brand
    ),
    known as (from listed union all select distinct brand, null from scored.detections anti join listed using (brand))
    select known.brand, alarm_budget, dates.run_date, coalesce(flagged_count, 0) as flagged_count
    from known cross join (select run_date from score_drift where run_date between $1 and $2) as dates
    left join flagged using (run_date, brand)
    where $3 is null or known.brand = $3
    order by known.brand, dates.run_date
"""


@dataclass(frozen=True)
class Brand:
    """A brand's scored dates up to the newest, with how many names each flagged."""

    name: str
    budget: float | None  # None where it is no longer looked for
    last: date
    by_date: Mapping[date, int]
    tolerance: float  # times the budget; what `squatwatch budget` calls held

    @property
    def days(self) -> list[date]:
        """The last 30 days, those without a run too."""
        return days_up_to(self.last)

    @property
    def counts(self) -> list[int | None]:
        """Names flagged on each of the last 30 days; None on a day that was not scored."""
        return [self.by_date.get(day) for day in self.days]

    @property
    def total(self) -> int:
        """Names flagged in the last 30 days."""
        return sum(count or 0 for count in self.counts)

    @property
    def per_day(self) -> float:
        """Mean of the names flagged on the scored days of the last 30."""
        return mean(count for count in self.counts if count is not None)

    @property
    def state(self) -> str:
        """One of STATES: how the brand's alarms stand to its budget."""
        if self.budget is None:
            return "not looked for"
        if self.per_day > self.budget:
            return "over budget"
        if self.by_date[self.last] > self.tolerance * self.budget:
            return "busy day"
        return "within budget" if self.total else "quiet"


STATES = ("over budget", "busy day", "within budget", "quiet", "not looked for")  # as they are sorted


def all_brands(settings: Settings) -> list[Brand]:
    """Return all brands with their last 30 days, those that need a look first; none where no date is published."""

    def order(brand: Brand) -> tuple[int, float, str]:
        return STATES.index(brand.state), -brand.per_day / (brand.budget or 1), brand.name

    return sorted(_brands(settings, DAYS, None), key=order)


def one_brand(settings: Settings, name: str) -> Brand | None:
    """Return the brand with its last 52 weeks, None for a name that was never a brand here."""
    return next(iter(_brands(settings, 7 * WEEKS, name)), None)


def weeks_of(brand: Brand) -> list[tuple[date, float | None]]:
    """Return the last day of each week and the mean of names flagged on its scored dates."""
    weeks: dict[int, list[int]] = {}
    for day, count in brand.by_date.items():
        weeks.setdefault((brand.last - day).days // 7, []).append(count)
    ago = reversed(range(max(weeks) + 1))
    return [(brand.last - timedelta(days=7 * n), mean(weeks[n]) if n in weeks else None) for n in ago]


def detections_of(settings: Settings, brand: Brand) -> list[dict[str, Any]]:
    """Return the detections of the last 30 days with the analysts' verdicts, the newest first."""
    sql = """
        select d.run_date, d.domain, d.domain_unicode, d.score, d.technique, d.reason, l.verdict, l.note, l.user_name
        from scored.detections d left join newest_labels l using (detection_id)
        where d.brand = ? and d.is_detection and d.run_date between ? and ?
        order by d.run_date desc, d.score desc, d.domain limit ?"""
    return rows_with_labels(settings, sql, [brand.name, brand.days[0], brand.last, MOST_DETECTIONS])


def _brands(settings: Settings, day_count: int, name: str | None) -> list[Brand]:
    if not (newest_scored := newest(settings.home)):
        return []
    last = newest_scored[0]
    counts: dict[str, dict[date, int]] = {}
    budgets: dict[str, float | None] = {}
    for row in rows(settings.home, COUNTS, [days_up_to(last, day_count)[0], last, name]):
        counts.setdefault(row["brand"], {})[row["run_date"]] = row["flagged_count"]
        budgets[row["brand"]] = row["alarm_budget"]
    tolerance = budget_tolerance(settings.dbt_project)
    return [Brand(brand, budgets[brand], last, by_date, tolerance) for brand, by_date in counts.items()]
