"""Section `short`: brands of two to four letters apart, what is found of them, and what they cost."""

from __future__ import annotations

import polars as pl

from squatwatch_ml.evaluation.bench import Bench, Table
from squatwatch_ml.evaluation.sections.squats import planted_squats
from squatwatch_ml.training.data.splits import LONG_BRAND
from squatwatch_ml.training.measure import PER_NAMES

NOTE = (
    "Real squats planted among the names of {day}, and names raised on the days to report on, per 150,000 names. "
    "Nobody has judged the names of short brands, so what is raised holds squats too."
)


def tables(bench: Bench) -> list[Table]:
    """Return figures of short brands. Raises NotHere without squats or days."""
    squats = planted_squats(bench)
    brands = [brand for brand in bench.brands if len(brand) < LONG_BRAND]
    days = bench.lists.days("report")
    names = sum(len(bench.lists.domains(day)) for day in days)
    raised = {
        matcher.name: pl.concat([bench.raised(_registered(bench, day, brands), matcher) for day in days])
        for matcher in bench.matchers
    }
    rows = [_row(bench, [brand], squats, raised, names) for brand in brands]
    rows.append({**_row(bench, brands, squats, raised, names), "brand": "all"})
    note = NOTE.format(day=bench.planted_day)
    return [Table("short_brands", "Brands of two to four letters", note, pl.DataFrame(rows))]


def _registered(bench: Bench, day: str, brands: list[str]) -> pl.DataFrame:
    return bench.day(day).filter(~pl.col("is_planted") & pl.col("brand").is_in(brands))


def _row(
    bench: Bench, brands: list[str], squats: pl.DataFrame, raised: dict[str, pl.DataFrame], names: int
) -> dict[str, str | float | int | None]:
    own = squats.filter(pl.col("brand").is_in(brands))
    row: dict[str, str | float | int | None] = {"brand": brands[0], "squats": own.height}
    for matcher in bench.matchers:
        recall = bench.raised(own, matcher).height / own.height if own.height else None
        count = raised[matcher.name].filter(pl.col("brand").is_in(brands)).height
        row |= {matcher.name: recall, f"{matcher.name} raised": count * PER_NAMES / names / len(brands)}
    return row
