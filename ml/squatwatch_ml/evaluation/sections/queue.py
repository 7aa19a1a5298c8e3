"""The analyst's queue of the judged days: all that is flagged, and what of it is not folded as something else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from squatwatch_ml.evaluation.bench import Bench, Table
from squatwatch_ml.evaluation.sections.judged_days import count, judged_parts
from squatwatch_ml.rank.ranked import ScoredPairs
from squatwatch_ml.rank.ranker import Ranker
from squatwatch_ml.text.names import label_of
from squatwatch_ml.training.data.splits import fold_of_brand

LEAST_SCORE = 0.1  # of pairs that a date keeps, and the ranker reads
TOGETHER = "together"
NOTE = (
    "Names that the network flags on days that were judged by eye, all of them and those that are taken for no other "
    "thing by a ranker that has not seen the brand; nothing judged before. False alarms and uses are per brand and "
    "150,000 names."
)


def queue_table(bench: Bench, rankers: Mapping[int, Ranker]) -> Table:
    """Return the counts of each judged day, once for all that is flagged and once without what is folded as other.

    `rankers`: by the fold of brands that each was fitted without. Raises NotHere without judged days.
    """
    network = bench.matchers[0]
    parts = judged_parts(bench)
    days = {str(part.title["day"]) for part in parts} - {TOGETHER}
    others = pl.concat([_taken_for_others(bench, day, rankers) for day in sorted(days)]).unique()
    rows: list[dict[str, Any]] = []
    for part in parts:
        raised = bench.raised(part.pairs, network)
        rows.append({**part.title, "queue": "flagged", **count(part, raised)})
        shown = raised.join(others, on=["domain", "brand"], how="anti")
        rows.append({**part.title, "queue": "not folded as other", **count(part, shown)})
    return Table("ranking_judged_days", "The queue of judged days", NOTE, pl.DataFrame(rows))


def _taken_for_others(bench: Bench, day: str, rankers: Mapping[int, Ranker]) -> pl.DataFrame:
    """Return domain and brand of the day's pairs that are taken for something else."""
    name = bench.matchers[0].name
    scored = bench.day(day).filter(~pl.col("is_planted") & (pl.col(name) >= LEAST_SCORE))
    domains, brands = scored["domain"].to_list(), scored["brand"].to_list()
    scores = scored[name].cast(pl.Float64).round(5).to_numpy()
    pairs = ScoredPairs(domains, [label_of(domain) for domain in domains], brands, scores)
    folds = np.array([fold_of_brand(brand) for brand in brands])
    is_other = np.zeros(len(domains), bool)
    for fold, ranker in rankers.items():
        is_other |= (folds == fold) & (np.array(ranker.rank(pairs).taken_for) == "other")
    return scored.filter(pl.Series(is_other, dtype=pl.Boolean)).select("domain", "brand")
