"""Two artifacts side by side: on labels that neither has learnt, and on names as they are every day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from squatwatch_ml.evaluation.bench import Table
from squatwatch_ml.evaluation.standing import CANDIDATE, CURRENT, standing
from squatwatch_ml.labels import Label, read_labels
from squatwatch_ml.names import read_domains
from squatwatch_ml.score import Scorer

MOST_LABELS_LOST = 0.05  # of the held-out labels judged rightly, and two of them besides, before it is declined
WHICH = (CURRENT, CANDIDATE)


class Versus(NamedTuple):
    """`tables`: the comparison; `objections`: why the candidate should not be used, empty where nothing speaks against
    it; `scores`: of every held-out label by both, for the plot."""

    current: str
    candidate: str
    tables: list[Table]
    objections: list[str]
    scores: pl.DataFrame


def versus(
    current: Path,
    candidate: Path,
    labels: Path | None = None,
    *,
    registrations: Sequence[Path] = (),
    say: Callable[[str], None] = print,
    **sizes: int,
) -> Versus:
    """Compares at the thresholds of the artifacts. `labels`: CSV of held-out labels; `registrations`: lists in which
    alarms are counted, else popular names; `sizes` of the standing evaluation.
    Raises ArtifactError, OSError, ValueError for what cannot be read."""
    scorers = [Scorer.load(folder, device="cpu") for folder in (current, candidate)]
    held_out = read_labels([labels], every_brand=True).labels if labels else []
    say(f"comparing {scorers[0].model_version} and {scorers[1].model_version}: {len(held_out):,} held-out labels")
    judged = _judged(scorers, held_out)
    everyday = [domain for path in registrations for domain in read_domains(path)]
    measured = standing(*scorers, everyday, say=say, **sizes)
    tables = [_labels_table(scorers, judged), *measured.tables, _changes(judged)]
    objections = [*_objections_of_labels(judged), *measured.objections]
    return Versus(scorers[0].model_version, scorers[1].model_version, tables, objections, judged)


def _judged(scorers: Sequence[Scorer], labels: Sequence[Label]) -> pl.DataFrame:
    names, brands = [each.label for each in labels], [each.brand for each in labels]
    columns: dict[str, pl.Series | list] = {
        "label": names, "brand": brands, "is_squat": [each.is_squat for each in labels],
    }  # fmt: skip
    for which, scorer in zip(WHICH, scorers, strict=True):
        scores = scorer.score(names, brands)
        columns[f"{which}_score"] = pl.Series(scores, dtype=pl.Float64)
        columns[f"{which}_flags"] = _flags(scorer, scores, brands)
    return pl.DataFrame(columns, schema_overrides={"label": pl.String, "brand": pl.String, "is_squat": pl.Boolean})


def _flags(scorer: Scorer, scores: np.ndarray, brands: Sequence[str]) -> pl.Series:
    thresholds = {brand: scorer.base_threshold(brand) for brand in set(brands)}
    flags = [score >= thresholds[brand] for score, brand in zip(scores.tolist(), brands, strict=True)]
    return pl.Series(flags, dtype=pl.Boolean)


def _labels_table(scorers: Sequence[Scorer], judged: pl.DataFrame) -> Table:
    rows = []
    for which, scorer in zip(WHICH, scorers, strict=True):
        flags, squat = pl.col(f"{which}_flags"), pl.col("is_squat")
        counts = judged.select(
            squats=squat.sum(), found=(flags & squat).sum(), raised=(flags & ~squat).sum(), right=(flags == squat).sum()
        ).row(0, named=True)
        flagged = counts["found"] + counts["raised"]
        rows.append(
            {
                "model": f"{which}: {scorer.model_version}",
                "labels": judged.height,
                "squats": counts["squats"],
                "squats found": counts["found"],
                "others raised": counts["raised"],
                "precision": counts["found"] / flagged if flagged else None,
                "recall": counts["found"] / counts["squats"] if counts["squats"] else None,
            }
        )
    note = "The newest labels, kept from the training of the candidate; each model at its own thresholds."
    return Table("labels", "Labels held out by time", note, pl.DataFrame(rows, infer_schema_length=None))


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


def _objections_of_labels(judged: pl.DataFrame) -> list[str]:
    right = [judged.select((pl.col(f"{which}_flags") == pl.col("is_squat")).sum()).item() for which in WHICH]
    lost = right[0] - right[1]
    if lost > 2 + MOST_LABELS_LOST * judged.height:
        return [f"it judges {lost} of {judged.height} held-out labels wrongly that the current model judges rightly"]
    return []
