"""Over all thresholds: names raised against squats found, precision by brand, and what a score means.

Counted on the judged names that nothing was tuned on, or on the last judged part where there are none.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from squatwatch_ml.evaluation.bench import Bench, Table
from squatwatch_ml.evaluation.matchers import Matcher
from squatwatch_ml.evaluation.sections.judged_days import IS_SQUAT, Part, judged_parts

GRID = np.round(np.concatenate([np.arange(0.01, 0.1, 0.01), np.arange(0.1, 0.95, 0.05), np.arange(0.95, 1, 0.01)]), 2)
BINS = (0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
LEAST_SQUATS = 4  # of a brand, for figures of its own


def tables(bench: Bench) -> list[Table]:
    """Return figures over all thresholds. Raises NotHere without a judged day."""
    part = judged_parts(bench)[-1]
    where = f"Judged names of {part.title['brands']} brands ({part.title['day']}), {part.squats} squats."
    return [
        Table(
            "calibration",
            "What a score means",
            f"{where} Of the pairs with such a score, the share that a reader called a squat, or a squat or a use. "
            "Names that nobody judged count as neither.",
            calibration(bench, part),
        ),
        Table("flagged_recall", "Names raised against squats found", where, flagged_recall(bench, part), listing=True),
        Table(
            "brands",
            f"Precision by brand (brands with {LEAST_SQUATS} squats or more)",
            f"{where} Average precision is over all thresholds, a squat that the candidate step loses counts as "
            "missed; uses count as wrong.",
            by_brand(bench, part),
        ),
        Table("precision_recall", "Precision and recall by brand", where, precision_recall(bench, part), listing=True),
    ]


def flagged_recall(bench: Bench, part: Part) -> pl.DataFrame:
    """Count, per matcher and threshold, and at its own: names raised per brand and 150,000, and squats found."""
    rows = []
    for matcher in bench.matchers:
        raised = {"its own": bench.raised(part.pairs, matcher)}
        if matcher.has_scores:
            raised |= {str(limit): part.pairs.filter(pl.col(matcher.name) >= limit) for limit in GRID}
        for threshold, rows_raised in raised.items():
            squats = rows_raised.filter(IS_SQUAT).height
            wrong = rows_raised.filter(pl.col("verdict").is_in(["other", "unjudged"])).height
            rows.append(
                {
                    "matcher": matcher.name,
                    "threshold": threshold,
                    "recall": squats / max(part.squats, 1),
                    "flagged": rows_raised.height * part.scale,
                    "false_alarms": wrong * part.scale,
                }
            )
    return pl.DataFrame(rows)


def calibration(bench: Bench, part: Part) -> pl.DataFrame:
    """Count, per matcher with scores and bin of scores, the pairs and the shares that are squats, squats or uses."""
    frames = []
    for matcher in bench.scored_matchers:
        scored = part.pairs.filter(pl.col(matcher.name).is_not_null())
        at = np.clip(np.digitize(scored[matcher.name].to_numpy(), BINS) - 1, 0, len(BINS) - 2)
        binned = scored.with_columns(at=pl.Series(at))
        frames.append(
            binned.group_by("at")
            .agg(
                pl.len().alias("pairs"),
                pl.col(matcher.name).mean().alias("mean score"),
                (pl.col("verdict") == "squat").mean().alias("squats"),
                pl.col("verdict").is_in(["squat", "use"]).mean().alias("squats and uses"),
            )
            .sort("at")
            .select(
                pl.lit(matcher.name).alias("matcher"),
                pl.col("at").map_elements(lambda at: f"{BINS[at]} to {BINS[at + 1]}", pl.String).alias("score"),
                pl.exclude("at"),
            )
        )
    return pl.concat(frames)


def by_brand(bench: Bench, part: Part) -> pl.DataFrame:
    """Measure, per brand and matcher, squats found, precision and average precision."""
    rows = []
    for brand, pairs in _brands(part):
        squats = pairs.filter(pl.col("verdict") == "squat").height
        row: dict[str, str | float | int | None] = {"brand": brand, "squats": squats}
        for matcher in bench.matchers:
            raised = bench.raised(pairs, matcher)
            squats_raised = raised.filter(pl.col("verdict") == "squat").height
            row[f"{matcher.name} found"] = squats_raised
            row[f"{matcher.name} precision"] = squats_raised / raised.height if raised.height else None
            if matcher.has_scores:
                row[f"{matcher.name} average precision"] = average_precision(pairs, matcher, squats)
        rows.append(row)
    return pl.DataFrame(rows)


def precision_recall(bench: Bench, part: Part) -> pl.DataFrame:
    """Return the points of each brand's curve, the surest names first."""
    frames = [
        pl.DataFrame(schema={"brand": pl.String, "matcher": pl.String, "recall": pl.Float64, "precision": pl.Float64})
    ]
    for brand, pairs in _brands(part):
        squats = pairs.filter(pl.col("verdict") == "squat").height
        for matcher in bench.scored_matchers:
            recall, precision = _curve(pairs, matcher, squats)
            frames.append(
                pl.DataFrame({"recall": recall, "precision": precision}).select(
                    pl.lit(brand).alias("brand"), pl.lit(matcher.name).alias("matcher"), pl.all()
                )
            )
    return pl.concat(frames)


def average_precision(pairs: pl.DataFrame, matcher: Matcher, squats: int) -> float:
    """Return the area under the steps of the precision-recall curve."""
    recall, precision = _curve(pairs, matcher, squats)
    return float(np.sum(np.diff(recall, prepend=0) * precision))


def _curve(pairs: pl.DataFrame, matcher: Matcher, squats: int) -> tuple[np.ndarray, np.ndarray]:
    """Return recall and precision after each distinct score, highest first."""
    ranked = pairs.filter(pl.col(matcher.name).is_not_null()).sort(matcher.name, descending=True)
    scores = ranked[matcher.name].to_numpy()
    squat_counts = np.cumsum((ranked["verdict"] == "squat").to_numpy())
    last = np.nonzero(np.diff(scores, append=-1))[0]  # names with equal scores come together
    return squat_counts[last] / max(squats, 1), squat_counts[last] / (last + 1)


def _brands(part: Part) -> list[tuple[str, pl.DataFrame]]:
    """Return the brands with squats enough, and their pairs; squats found because a matcher raised them left out."""
    pairs = part.pairs.filter(IS_SQUAT | (pl.col("verdict") != "squat"))
    brands = sorted(((str(brand), rows) for (brand,), rows in pairs.group_by("brand")), key=lambda group: group[0])
    return [(brand, pairs) for brand, pairs in brands if (pairs["verdict"] == "squat").sum() >= LEAST_SQUATS]
