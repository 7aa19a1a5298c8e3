"""Section `budget`: whether a brand's alarm budget, calibrated on past days, holds on later ones."""

from __future__ import annotations

from statistics import fmean

import polars as pl

from squatwatch_ml.evaluation.bench import Bench, NotHere, Table
from squatwatch_ml.network.thresholds import calibrate, holds
from squatwatch_ml.training.data.splits import LONG_BRAND

BUDGETS = (0.5, 1.0, 2.0, 3.0, 5.0)  # names a day
NOTE = (
    "Thresholds by brand, calibrated on {days}: the model's own, raised where the brand would have more names a day "
    "than its budget. Binding: brands whose threshold was raised. A budget holds where a later day has at most twice "
    "as many names; names of the day as registered, squats planted left out."
)


def tables(bench: Bench) -> list[Table]:
    """Return how many brands keep their budget on later days. Raises NotHere without days for both."""
    days = bench.lists.days("calibrate")
    later = bench.lists.days("report")
    if not days or not later:
        raise NotHere("needs days to calibrate on and later ones to check on, in the folder of --data")
    rows, brands = [], []
    for budget in BUDGETS:
        thresholds = calibrated(bench, days, budget)
        for day in later:
            counted = _counted(bench, day, thresholds, budget)
            brands.append(counted)
            for title, group in {"all": counted, "5 letters or more": counted.filter(_is_long())}.items():
                rows.append({"budget": budget, "later day": day, "brands of": title, **_shares(group)})
    note = NOTE.format(days=" and ".join(days))
    return [
        Table("budgets", "Alarm budgets on later days", note, pl.DataFrame(rows)),
        Table("budgets_by_brand", "Alarm budgets on later days, by brand", note, pl.concat(brands), listing=True),
    ]


def calibrated(bench: Bench, days: list[str], budget: float) -> dict[str, tuple[float, bool]]:
    """Return each brand's threshold, and whether the budget raised it."""
    network = bench.matchers[0]
    scores = pl.concat([_registered(bench, day) for day in days])
    by_brand = {brand: rows[network.name].to_list() for (brand,), rows in scores.group_by("brand")}
    thresholds = {}
    for brand in bench.brands:
        base = network.threshold(brand)
        threshold = calibrate(by_brand.get(brand, []), len(days), base, budget)
        thresholds[brand] = (threshold, threshold > base)
    return thresholds


def _registered(bench: Bench, day: str) -> pl.DataFrame:
    network = bench.matchers[0]
    return bench.day(day).filter(~pl.col("is_planted") & pl.col(network.name).is_not_null())


def _counted(bench: Bench, day: str, thresholds: dict[str, tuple[float, bool]], budget: float) -> pl.DataFrame:
    """Return one row per brand: names of the day at or above its threshold, and whether the budget holds."""
    network = bench.matchers[0]
    limits = pl.DataFrame(
        [(brand, threshold, binding) for brand, (threshold, binding) in thresholds.items()],
        schema={"brand": pl.String, "threshold": pl.Float64, "is_binding": pl.Boolean},
        orient="row",
    )
    score = pl.col(network.name).cast(pl.Float64).round(5)
    raised = _registered(bench, day).join(limits, on="brand").filter(score >= pl.col("threshold"))
    counted = limits.join(raised.group_by("brand").len("names"), on="brand", how="left").with_columns(
        pl.col("names").fill_null(0).cast(pl.Int64)
    )
    held = pl.Series([holds(names, budget) for names in counted["names"]], dtype=pl.Boolean)
    return counted.with_columns(holds=held).select(
        pl.lit(budget).alias("budget"), pl.lit(day).alias("later_day"), pl.all()
    )


def _shares(counted: pl.DataFrame) -> dict[str, float | None]:
    binding = counted.filter(pl.col("is_binding"))
    holding, names = counted["holds"].to_list(), counted["names"].to_list()
    return {
        "brands": counted.height,
        "budget holds": fmean(holding) if holding else None,
        "binding": binding.height,
        "holds where binding": fmean(binding["holds"].to_list()) if binding.height else None,
        "names a brand": fmean(names) if names else None,
        "most names": max(names, default=None),
    }


def _is_long() -> pl.Expr:
    return pl.col("brand").str.len_chars() >= LONG_BRAND
