"""Two networks compared on labels that neither has learnt: names that an analyst judged, kept apart by time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA

from squatwatch_ml.baselines.measures import measures
from squatwatch_ml.evaluation.bench import Table
from squatwatch_ml.evaluation.compare.standing import CANDIDATE, CURRENT
from squatwatch_ml.network.score import Scorer
from squatwatch_ml.training.data.labels import LabelledName

NEAR = 0.25  # of the characters may differ between a name and one that was learnt, for the two to be near
# what a candidate may lose before it is declined without a question, and two of them besides
MOST_SQUATS_LOST = 0.1  # of the held-out squats that the model in use finds
MOST_OTHERS_RAISED = 0.1  # of the held-out names that are none and that the model in use leaves alone
WHICH = (CURRENT, CANDIDATE)
NOTE = (
    "Each model at its own thresholds. ROC AUC, which no threshold touches: how often a squat outscores another name. "
    "Most labels are of names that the model in use has flagged: its recall is high and its AUC low by construction."
)


class HeldOut(NamedTuple):
    """Figures on labels held out.

    `scores`: of every label by both, for the plot; `objections`: why the candidate should not be used.
    """

    tables: list[Table]
    objections: list[str]
    scores: pl.DataFrame


def held_out(scorers: Sequence[Scorer], labels: Sequence[LabelledName], learnt: Sequence[LabelledName]) -> HeldOut:
    """Measure the current and the candidate network on labels.

    `learnt`: what the candidate was taught, to tell which labels are near to it.
    """
    judged = _judged(scorers, labels, learnt)
    return HeldOut([_figures(scorers, judged), _changes(judged)], _objections(judged), judged)


def _judged(scorers: Sequence[Scorer], labels: Sequence[LabelledName], learnt: Sequence[LabelledName]) -> pl.DataFrame:
    names, brands = [name.label for name in labels], [name.brand for name in labels]
    columns: dict[str, pl.Series | list[str] | list[bool]] = {
        "label": names,
        "brand": brands,
        "is_squat": [name.is_squat for name in labels],
        "is_near": pl.Series(_near(labels, learnt), dtype=pl.Boolean),
    }
    for which, scorer in zip(WHICH, scorers, strict=True):
        scores = scorer.score(names, brands)
        columns[f"{which}_score"] = pl.Series(scores, dtype=pl.Float64)
        columns[f"{which}_flags"] = _flags(scorer, scores, brands)
    return pl.DataFrame(columns, schema_overrides={"label": pl.String, "brand": pl.String, "is_squat": pl.Boolean})


def _near(labels: Sequence[LabelledName], learnt: Sequence[LabelledName]) -> list[bool]:
    """Tell for each label whether nearly the same name was learnt for the same brand."""
    taught: dict[str, list[str]] = {}
    for name in learnt:
        taught.setdefault(name.brand, []).append(name.label)
    return [
        any(OSA.distance(name.label, other) <= NEAR * len(name.label) for other in taught.get(name.brand, []))
        for name in labels
    ]


def _flags(scorer: Scorer, scores: np.ndarray, brands: Sequence[str]) -> pl.Series:
    thresholds = {brand: scorer.base_threshold(brand) for brand in set(brands)}
    flags = [score >= thresholds[brand] for score, brand in zip(scores.tolist(), brands, strict=True)]
    return pl.Series(flags, dtype=pl.Boolean)


def _figures(scorers: Sequence[Scorer], judged: pl.DataFrame) -> Table:
    rows = [
        {"model": f"{which}: {scorer.model_version}", "names": names, **_figures_of(group, which)}
        for names, group in (("all", judged), ("near none learnt", judged.filter(~pl.col("is_near"))))
        for which, scorer in zip(WHICH, scorers, strict=True)
    ]
    return Table("labels", "Labels held out by time", NOTE, pl.DataFrame(rows, infer_schema_length=None))


def _figures_of(judged: pl.DataFrame, which: str) -> dict[str, object]:
    squats, raised = judged["is_squat"].to_numpy(), judged[f"{which}_flags"].to_numpy()
    measured = measures(judged[f"{which}_score"].to_numpy(), squats, threshold=0.5)  # of which only the AUC is used
    squats_raised, others = int((squats & raised).sum()), int((~squats & raised).sum())
    return {
        "labels": judged.height,
        "squats": int(squats.sum()),
        "squats found": squats_raised,
        "others raised": others,
        "precision": squats_raised / (squats_raised + others) if squats_raised + others else None,
        "recall": squats_raised / int(squats.sum()) if squats.any() else None,
        "ROC AUC": None if np.isnan(measured.roc_auc) else measured.roc_auc,
    }


def _changes(judged: pl.DataFrame) -> Table:
    changed = judged.filter(pl.col("current_flags") != pl.col("candidate_flags")).select(
        "label",
        "brand",
        said=pl.when("is_squat").then(pl.lit("squat")).otherwise(pl.lit("no squat")),
        current=pl.col("current_score"),
        candidate=pl.col("candidate_score"),
    )
    note = "Held-out labels that one of the two flags and the other does not."
    return Table("changes", "What changes", note, changed.sort("brand", "label"))


def _objections(judged: pl.DataFrame) -> list[str]:
    squats, others = judged.filter("is_squat"), judged.filter(~pl.col("is_squat"))
    squats_raised, others_raised = (
        [int(group[f"{which}_flags"].sum()) for which in WHICH] for group in (squats, others)
    )
    objections = []
    if squats_raised[0] - squats_raised[1] > 2 + MOST_SQUATS_LOST * squats_raised[0]:
        before, now = squats_raised
        objections.append(f"it finds {now} of {squats.height} held-out squats instead of {before}")
    if others_raised[1] - others_raised[0] > 2 + MOST_OTHERS_RAISED * (others.height - others_raised[0]):
        before, now = others_raised
        objections.append(f"it raises {now} of {others.height} held-out names that are none instead of {before}")
    return objections
