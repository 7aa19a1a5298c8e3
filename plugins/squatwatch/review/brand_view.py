"""Brands as the page shows them: how many names each day flagged against the budget, and which names these were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean
from typing import Any

from squatwatch.review.reading import days_up_to, newest, rows
from squatwatch.settings import Settings

MOST_DETECTIONS = 100
WEEKS = 52

# of every brand, or of one, whether it is still looked for or was once; a date without a detection has its row too
COUNTS = """
    with listed as (select brand, any_value(alarm_budget) as alarm_budget from brands group by brand),
    flagged as (
        select run_date, brand, count(*) as flagged_count from detections
        where is_detection and run_date between $1 and $2 group by run_date, brand
    ),
    known as (from listed union all select distinct brand, null from detections anti join listed using (brand))
    select known.brand, alarm_budget, dates.run_date, coalesce(flagged_count, 0) as flagged_count
    from known cross join (select run_date from score_counts where run_date between $1 and $2) as dates
    left join flagged using (run_date, brand)
    where $3 is null or known.brand = $3
    order by known.brand, dates.run_date
"""


@dataclass(frozen=True)
class Brand:
    """A brand's last 30 days; a day that was not scored is None."""

    name: str
    budget: float | None  # None where it is no longer looked for
    days: Sequence[date]
    counts: Sequence[int | None]

    @property
    def total(self) -> int:
        return sum(count or 0 for count in self.counts)

    @property
    def per_day(self) -> float:
        return mean(count for count in self.counts if count is not None)

    @property
    def state(self) -> str:
        if self.budget is None:
            return "not looked for"
        if self.per_day > self.budget:
            return "over budget"
        if self.counts[-1] > 2 * self.budget:  # what `squatwatch budget` calls not held
            return "busy day"
        return "within budget" if self.total else "quiet"


STATES = ("over budget", "busy day", "within budget", "quiet", "not looked for")  # as they are sorted


def all_brands(settings: Settings) -> list[Brand]:
    """Those that need a look first. Empty where no date is published."""
    found = newest(settings)
    brands = _brands(settings, found[0], None) if found else []
    return sorted(brands, key=lambda brand: (STATES.index(brand.state), -brand.per_day, brand.name))


def one_brand(settings: Settings, name: str) -> Brand | None:
    """None for a name that was never a brand here."""
    found = newest(settings)
    return next(iter(_brands(settings, found[0], name)), None) if found else None


def detections_of(settings: Settings, brand: Brand) -> list[dict[str, Any]]:
    """What the last 30 days flagged, with what analysts said of it; the newest first."""
    sql = """
        select d.run_date, d.domain, d.domain_unicode, d.score, d.technique, d.reason, l.verdict, l.note, l.user_name
        from detections d left join current_labels l using (detection_id)
        where d.brand = ? and d.is_detection and d.run_date between ? and ?
        order by d.run_date desc, d.score desc, d.domain limit ?"""
    return rows(settings, sql, [brand.name, brand.days[0], brand.days[-1], MOST_DETECTIONS])


def weeks_of(settings: Settings, brand: Brand) -> list[tuple[date, float | None]]:
    """Names flagged a scored day, of each of the last 52 weeks from the first that has any; the last ends today."""
    last = brand.days[-1]
    first = last - timedelta(days=7 * WEEKS - 1)
    weeks: dict[int, list[int]] = {}
    for row in rows(settings, COUNTS, [first, last, brand.name]):
        weeks.setdefault((last - row["run_date"]).days // 7, []).append(row["flagged_count"])
    ends = [last - timedelta(days=7 * n) for n in reversed(range(max(weeks, default=-1) + 1))]
    return [(end, mean(weeks[n]) if (n := (last - end).days // 7) in weeks else None) for end in ends]


def _brands(settings: Settings, last: date, name: str | None) -> list[Brand]:
    days = days_up_to(last)
    counts: dict[str, dict[date, int]] = {}
    budgets: dict[str, float | None] = {}
    for row in rows(settings, COUNTS, [days[0], last, name]):
        counts.setdefault(row["brand"], {})[row["run_date"]] = row["flagged_count"]
        budgets[row["brand"]] = row["alarm_budget"]
    return [Brand(brand, budgets[brand], days, [of_day.get(day) for day in days]) for brand, of_day in counts.items()]
