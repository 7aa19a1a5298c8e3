"""Section `article`: the balanced test of one company, and what each model raises on a real day."""

from __future__ import annotations

from squatwatch_ml.evaluation.article.table import table_of
from squatwatch_ml.evaluation.bench import Bench, NotHere, Table

BRANDS = ("paypal",)
COUNT = 10_000


def tables(bench: Bench) -> list[Table]:
    """Return the article's table. Raises NotHere without an artifact, MissingExtra without its libraries."""
    if bench.artifact is None:
        raise NotHere("needs an artifact")
    days = {day: bench.lists.domains(day) for day in bench.lists.days("report")[:1]} if bench.has_lists else {}
    return [table_of(BRANDS, bench.artifact, days, count=COUNT, seed=bench.seed, say=bench.say)]
