"""Two artifacts side by side: on labels that neither has learnt, and on names as they are every day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from squatwatch_ml import dataset
from squatwatch_ml.evaluation.bench import Table
from squatwatch_ml.labels import Label, read_labels
from squatwatch_ml.measure import PER_NAMES
from squatwatch_ml.names import labels_of, read_domains
from squatwatch_ml.score import Scorer
from squatwatch_ml.train import background

# what a candidate may lose before it is declined without a question
MOST_RECALL_LOST = 0.02  # of generated imitations
MOST_ALARMS_MORE = 0.25  # in relation to the alarms of the model in use, and one a brand and day besides
MOST_LABELS_LOST = 0.05  # of the held-out labels judged rightly, and two of them besides
BRANDS, EACH, NAMES, SEED = 60, 40, 60_000, 7
WHICH = ("current", "candidate")


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
    brand_count: int = BRANDS,
    names: int = NAMES,
) -> Versus:
    """Compares at the thresholds of the artifacts. `labels`: CSV of held-out labels; `registrations`: lists in which
    alarms are counted, else popular names. Raises ArtifactError, OSError, ValueError for what cannot be read."""
    scorers = [Scorer.load(folder, device="cpu") for folder in (current, candidate)]
    held_out = read_labels([labels], every_brand=True).labels if labels else []
    say(f"comparing {scorers[0].model_version} and {scorers[1].model_version}: {len(held_out):,} held-out labels")
    judged = _judged(scorers, held_out)
    standing = _standing(scorers, registrations, brand_count, names)
    tables = [_labels_table(scorers, judged), _standing_table(scorers, standing), _changes(judged)]
    objections = [*_objections_of_labels(judged), *_objections_of_standing(standing)]
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


def _standing(scorers: Sequence[Scorer], lists: Sequence[Path], brand_count: int, names: int) -> list[dict[str, float]]:
    """Recall on generated imitations, and alarms a brand in 150,000 names, of brands and names drawn by one seed."""
    rng = np.random.default_rng(SEED)
    source = dataset.read_source()
    brands = [source.brand_pool[at] for at in rng.permutation(len(source.brand_pool))[:brand_count]]
    listed = labels_of(domain for path in lists for domain in read_domains(path)) or background(source, names, rng)
    imitations = dataset.positive_pairs(brands, EACH, rng, source)
    everyday = dataset.background_pairs(brands, listed, None, rng)
    found = []
    for scorer in scorers:
        recall, alarms = (
            _flags(scorer, scorer.score(pairs.labels, pairs.brands), pairs.brands) for pairs in (imitations, everyday)
        )
        found.append(
            {"recall": float(recall.mean() or 0), "alarms": alarms.sum() / len(brands) / len(listed) * PER_NAMES}
        )
    return found


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


def _standing_table(scorers: Sequence[Scorer], standing: Sequence[dict[str, float]]) -> Table:
    rows = [
        {"model": f"{which}: {scorer.model_version}", "imitations found": each["recall"], "raised": each["alarms"]}
        for which, scorer, each in zip(WHICH, scorers, standing, strict=True)
    ]
    note = "Generated imitations of popular names, and names raised a brand in 150,000 everyday names."
    return Table("standing", "Standing evaluation", note, pl.DataFrame(rows))


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


def _objections_of_standing(standing: Sequence[dict[str, float]]) -> list[str]:
    current, candidate = standing
    objections = []
    if current["recall"] - candidate["recall"] > MOST_RECALL_LOST:
        objections.append(f"it finds {candidate['recall']:.1%} of the imitations instead of {current['recall']:.1%}")
    if candidate["alarms"] > current["alarms"] * (1 + MOST_ALARMS_MORE) + 1:
        objections.append(
            f"it raises {candidate['alarms']:.1f} names a brand and day instead of {current['alarms']:.1f}"
        )
    return objections
