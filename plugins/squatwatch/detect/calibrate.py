"""Calibrate: a window of dates that were scored gives each brand the threshold that keeps its alarm budget.

The arithmetic comes from outside, as the network does in `detect`; this module reads and writes tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import Lake
from squatwatch.lake.tables import THRESHOLDS
from squatwatch.lists.brands import read_budgets
from squatwatch.lists.brands_in_force import brands_path
from squatwatch.lists.thresholds import write_thresholds
from squatwatch.settings import Settings


@dataclass(frozen=True)
class Calibrated:
    """The result of a calibration, and what it could not look at."""

    model_version: str
    dates: Sequence[date]
    brand_count: int
    raised: Sequence[str]
    without_candidates: Sequence[str]
    of_another_model: Sequence[date]


def calibrate_window(
    settings: Settings,
    first: date,
    last: date,
    model_version: str,
    base_of: Callable[[str], float],
    threshold_of: Callable[[Sequence[float], int, float, float], float],
) -> Calibrated:
    """Set each brand's threshold by its budget on the dates from `first` to `last` that this model has scored.

    `base_of(brand)` is the model's threshold; `threshold_of(scores, days, base, budget)` the one for the budget. For a
    brand the dates from the first that has candidates of it count. Allowlisted names do not: they raise no alarm.
    Raises SquatwatchError where the window holds no date that this model has scored.
    """
    scored, others = _scored_dates(settings.home, first, last, model_version)
    if not scored:
        raise _nothing_scored(first, last, model_version, others)
    scores, since = _scores(settings.home, scored), _looked_for_since(settings.home, scored)
    budgets = read_budgets(brands_path(settings), settings.alarm_budget)
    rows = []
    for brand in budgets.keys() & since.keys():
        days = [day for day in scored if day >= since[brand]]
        base, of_brand = base_of(brand), scores.get(brand, [])
        threshold = threshold_of(of_brand, len(days), base, budgets[brand])
        rows.append(_row(brand, threshold, base, budgets[brand], days, of_brand))
    write_thresholds(settings.home, model_version, pl.DataFrame(rows, schema=THRESHOLDS.schema))
    return Calibrated(
        model_version=model_version,
        dates=scored,
        brand_count=len(rows),
        raised=sorted(row["brand"] for row in rows if row["threshold"] > row["base_threshold"]),
        without_candidates=sorted(budgets.keys() - since.keys()),
        of_another_model=others,
    )


def _row(
    brand: str, threshold: float, base: float, budget: float, days: Sequence[date], scores: Sequence[float]
) -> dict[str, Any]:
    return {
        "brand": brand,
        "threshold": threshold,
        "base_threshold": base,
        "alarm_budget": budget,
        "window_begins_on": days[0],
        "window_ends_on": days[-1],
        "day_count": len(days),
        "name_count": sum(score >= base for score in scores),
        "flagged_per_day": sum(score >= threshold for score in scores) / len(days),
        "calibrated_at": datetime.now(UTC),
    }


def _scored_dates(home: Path, first: date, last: date, model_version: str) -> tuple[list[date], list[date]]:
    """Return dates of the window with detections by this model (or with none at all), and those by another."""
    lake = Lake(home)
    scored: list[date] = []
    others: list[date] = []
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        path = lake.partition("detections", day)
        if path.is_file():
            versions = set(lake.read("detections", day)["model_version"])
            (scored if versions <= {model_version} else others).append(day)
    return scored, others


def _scores(home: Path, dates: Sequence[date]) -> dict[str, list[float]]:
    """Return by brand the scores of all names that nothing excuses."""
    rows = pl.concat(Lake(home).read("detections", day).select("brand", "score", "allowlist_reason") for day in dates)
    counted = rows.filter(pl.col("allowlist_reason").is_null()).group_by("brand").agg("score")
    return dict(counted.iter_rows())


def _looked_for_since(home: Path, dates: Sequence[date]) -> dict[str, date]:
    """Return the first of the dates on which each brand has candidates: it was looked for from then on."""
    since: dict[str, date] = {}
    for day in dates:
        for brand in Lake(home).read("candidates", day)["brand"].unique():
            since.setdefault(brand, day)
    return since


def _nothing_scored(first: date, last: date, model_version: str, others: Sequence[date]) -> SquatwatchError:
    if others:
        return SquatwatchError(
            f"model {model_version} scored no date from {first} to {last}, another model did; score them again, one by "
            f"one: squatwatch score --date {others[0]}"
        )
    return SquatwatchError(
        f"no date from {first} to {last} was scored; run: squatwatch backfill --from {first} --to {last}"
    )
