"""The analyst's queue of the judged days: all that is flagged, and what of it is not folded as something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from squatwatch_ml.evaluation.bench import Bench, Table
from squatwatch_ml.evaluation.sections.judged_days import Part, count, judged_parts
from squatwatch_ml.rank.ranked import ScoredPairs
from squatwatch_ml.rank.ranker import Ranker
from squatwatch_ml.text.names import label_of
from squatwatch_ml.training.data.splits import LONG_BRAND, fold_of_brand
from squatwatch_ml.training.measure import PER_NAMES

LEAST_SCORE = 0.1  # of pairs that a date keeps, and the ranker reads
TOGETHER = "together"
FLAGGED, SHOWN = "flagged", "not folded as other"
NOTE = (
    "Names that the network flags on days that were judged by eye, and those of the page that are not folded as other: "
    "flagged, or lifted with their wave, and taken for no other thing by a ranker that has not seen the brand; nothing "
    "judged before. False alarms and uses are per brand and 150,000 names."
)
SHORT_NOTE = (
    "Brands of two to four letters, names per brand and 150,000. Nobody has judged them, so squats and uses are among "
    "them."
)


def queue_tables(bench: Bench, rankers: Mapping[int, Ranker]) -> list[Table]:
    """Return the counts of each judged day, and of brands of two to four letters on the days to report on.

    `rankers`: by the fold of brands that each was fitted without. Raises NotHere without judged days.
    """
    parts = judged_parts(bench)
    days = {str(part.title["day"]) for part in parts} - {TOGETHER}
    by_ranker = pl.concat([_by_ranker(bench, day, rankers) for day in sorted(days)])
    return [
        Table("ranking_judged_days", "The queue of judged days", NOTE, _judged(bench, parts, by_ranker)),
        Table("ranking_short_brands", "The queue of short brands", SHORT_NOTE, _short(bench, sorted(days), by_ranker)),
    ]


def _judged(bench: Bench, parts: Sequence[Part], by_ranker: pl.DataFrame) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for part in parts:
        raised = bench.raised(part.pairs, bench.matchers[0])
        rows.append({**part.title, "queue": FLAGGED, **count(part, raised)})
        rows.append({**part.title, "queue": SHOWN, **count(part, _shown(part.pairs, raised, by_ranker))})
    return pl.DataFrame(rows)


def _short(bench: Bench, days: Sequence[str], by_ranker: pl.DataFrame) -> pl.DataFrame:
    brands = [brand for brand in bench.brands if len(brand) < LONG_BRAND]
    rows: list[dict[str, Any]] = []
    for day in days:
        own = bench.day(day).filter(~pl.col("is_planted") & pl.col("brand").is_in(brands))
        raised = bench.raised(own, bench.matchers[0])
        scale = PER_NAMES / len(bench.lists.domains(day)) / max(len(brands), 1)
        for queue, names in ((FLAGGED, raised), (SHOWN, _shown(own, raised, by_ranker))):
            rows.append({"day": day, "brands": len(brands), "queue": queue, "names": names.height * scale})
    return pl.DataFrame(rows)


def _shown(scored: pl.DataFrame, raised: pl.DataFrame, by_ranker: pl.DataFrame) -> pl.DataFrame:
    """Return what of the scored pairs stands above the fold of others: raised names, and those lifted with a wave."""
    key = ["domain", "brand"]
    lifted = scored.join(by_ranker.filter("is_lifted"), on=key, how="semi").join(raised, on=key, how="anti")
    return pl.concat([raised, lifted]).join(by_ranker.filter("is_other"), on=key, how="anti")


def _by_ranker(bench: Bench, day: str, rankers: Mapping[int, Ranker]) -> pl.DataFrame:
    """Return domain, brand, is_other and is_lifted of the day's pairs, each by the ranker of the brand's fold."""
    network = bench.matchers[0]
    scored = bench.day(day).filter(~pl.col("is_planted") & (pl.col(network.name) >= LEAST_SCORE))
    domains, brands = scored["domain"].to_list(), scored["brand"].to_list()
    scores = scored[network.name].cast(pl.Float64).round(5).to_numpy()
    flagged = scores >= np.array([network.threshold(brand) for brand in brands])
    labels = [label_of(domain) for domain in domains]
    pairs = ScoredPairs(domains, labels, brands, scores, flagged.tolist(), [False] * len(domains))
    folds = np.array([fold_of_brand(brand) for brand in brands])
    is_other, is_lifted = np.zeros((2, len(domains)), bool)
    for fold, ranker in rankers.items():
        ranking = ranker.rank(pairs)
        is_other |= (folds == fold) & (np.array(ranking.taken_for) == "other")
        is_lifted |= (folds == fold) & np.array(ranking.is_lifted, bool)
    return scored.select("domain", "brand", is_other=pl.Series(is_other), is_lifted=pl.Series(is_lifted))
