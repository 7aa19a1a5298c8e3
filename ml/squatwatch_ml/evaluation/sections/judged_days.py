"""Section `judged`: what an analyst's queue is worth, on real days that a reader has judged.

A false alarm is a raised name that means something else, or that nobody has judged. Alarms are counted per brand and
150,000 names.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from squatwatch_ml.evaluation.bench import Bench, NotHere, Table, defanged
from squatwatch_ml.evaluation.judgements import judged_brands
from squatwatch_ml.evaluation.matchers import Matcher
from squatwatch_ml.training.data.splits import role_of_brand
from squatwatch_ml.training.measure import PER_NAMES

THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
RECALLS = (0.9, 0.95, 0.97, 0.98, 0.99, 1.0)
IS_SQUAT = (pl.col("verdict") == "squat") & ~pl.col("is_further")  # those that recall is counted on
NOTE = (
    "Names of the day, squats planted left out. A false alarm is a raised name of another meaning or that nobody has "
    "judged; false alarms and uses are per brand and 150,000 names. Further squats are near the brand by no rule and "
    "were judged because a matcher raised them: they count for precision, not for what is found. Precision: squats "
    "among what is raised; worth a look: squats and uses among it."
)


def tables(bench: Bench) -> list[Table]:
    """Return what each matcher raises on judged days. Raises NotHere without one."""
    parts = judged_parts(bench)
    return [
        Table("judged_days", "Judged real days, at the threshold of each matcher", NOTE, _at_thresholds(bench, parts)),
        Table(
            "judged_days_by_threshold",
            "Judged real days, over thresholds",
            f"{NOTE} One threshold for all brands.",
            _over_thresholds(bench, parts),
        ),
        Table(
            "judged_days_at_recall",
            "Judged real days: what a share of the squats costs",
            f"{NOTE} The highest threshold, one for all brands, that finds the share.",
            _at_recalls(bench, parts),
        ),
        Table(
            "judged_pairs",
            "Every pair raised or missed",
            "Domains are defanged.",
            _pairs(bench, parts),
            listing=True,
        ),
    ]


class Part(NamedTuple):
    """Judged names of some brands: `pairs` has domain, brand, verdict and the matchers' scores."""

    title: dict[str, str | int]
    pairs: pl.DataFrame
    squats: int
    looked_at: int  # names times brands

    @property
    def scale(self) -> float:
        """Return the factor from a count to one per brand and 150,000 names."""
        return PER_NAMES / self.looked_at


def judged_parts(bench: Bench) -> list[Part]:
    """Return each judged day by role of the brands; last, what nothing was tuned on.

    Raises NotHere where there is no judged day.
    """
    parts: list[Part] = []
    for use in ("tune", "report"):
        for day in bench.lists.days(use):
            brands = judged_brands(bench.lists, day)
            if not brands:
                continue
            pairs = judged(bench, day)
            for role in ("tune", "report"):
                if chosen := [brand for brand in brands if role_of_brand(brand) == role]:
                    looked_at = len(bench.lists.domains(day)) * len(chosen)
                    title = _title(day, use, role, len(chosen))
                    parts.append(_part(title, pairs.filter(pl.col("brand").is_in(chosen)), looked_at))
    if not parts:
        raise NotHere("needs a judged day: judged_DAY.csv beside registrations/DAY.txt.gz, in the folder of --data")
    untouched = [part for part in parts if part.title["day is to"] == part.title["brands to"] == "report"]
    if len(untouched) > 1:
        count = sum(int(part.title["brands"]) for part in untouched)
        pairs = pl.concat([part.pairs for part in untouched])
        title = _title("together", "report", "report", count)
        parts.append(_part(title, pairs, sum(part.looked_at for part in untouched)))
    return parts


def _title(day: str, day_role: str, brand_role: str, brands: int) -> dict[str, str | int]:
    return {"day": day, "day is to": day_role, "brands to": brand_role, "brands": brands}


def _part(title: dict[str, str | int], pairs: pl.DataFrame, looked_at: int) -> Part:
    return Part(title, pairs, pairs.filter(IS_SQUAT).height, looked_at)


def judged(bench: Bench, day: str) -> pl.DataFrame:
    """Return the day's pairs that were judged or that a matcher looks at: verdict ("unjudged" for none) and scores."""
    scored = bench.day(day).filter(~pl.col("is_planted")).drop("is_planted")
    verdicts = bench.verdicts(day)
    joined = scored.join(verdicts, on=["domain", "brand"], how="full", coalesce=True)
    known = pl.col("verdict").fill_null("unjudged"), pl.col("is_further").fill_null(False)
    return joined.with_columns(*known).sort("brand", "domain")


def count(part: Part, raised: pl.DataFrame) -> dict[str, float | int | None]:
    """Count what is raised, by verdict."""
    by = dict(raised.group_by("verdict").len().iter_rows())
    squats, uses = raised.filter(IS_SQUAT).height, by.get("use", 0)
    wrong = by.get("other", 0) + by.get("unjudged", 0)
    return {
        "squats": squats,
        "of": part.squats,
        "found": squats / part.squats if part.squats else None,
        "further squats": by.get("squat", 0) - squats,
        "uses": uses * part.scale,
        "other": by.get("other", 0),
        "unjudged": by.get("unjudged", 0),
        "false alarms": wrong * part.scale,
        "precision": by.get("squat", 0) / raised.height if raised.height else None,
        "worth a look": (by.get("squat", 0) + uses) / raised.height if raised.height else None,
    }


def _at_thresholds(bench: Bench, parts: list[Part]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {**part.title, "matcher": matcher.name, **count(part, bench.raised(part.pairs, matcher))}
            for part in parts
            for matcher in bench.matchers
        ]
    )


def _over_thresholds(bench: Bench, parts: list[Part]) -> pl.DataFrame:
    rows = []
    for part in parts:
        for matcher in bench.scored_matchers:
            for threshold in THRESHOLDS:
                raised = part.pairs.filter(pl.col(matcher.name) >= threshold)
                rows.append({**part.title, "matcher": matcher.name, "threshold": threshold, **count(part, raised)})
    return pl.DataFrame(rows)


def _at_recalls(bench: Bench, parts: list[Part]) -> pl.DataFrame:
    rows = []
    for part in parts:
        for matcher in bench.scored_matchers:
            for recall in RECALLS:
                threshold = threshold_at(part, matcher, recall)
                raised = part.pairs.filter(pl.col(matcher.name) >= threshold) if threshold is not None else None
                counted = count(part, raised) if raised is not None else {}
                rows.append(
                    {
                        **part.title,
                        "matcher": matcher.name,
                        "at least": recall,
                        "threshold": threshold,
                        **{key: counted.get(key) for key in ("squats", "of", "uses", "false alarms", "precision")},
                    }
                )
    return pl.DataFrame(rows)


def threshold_at(part: Part, matcher: Matcher, recall: float) -> float | None:
    """Return the highest threshold that finds this share of the squats; None where the candidate step has lost them."""
    scores = part.pairs.filter(IS_SQUAT)[matcher.name].drop_nulls().to_numpy()
    needed = int(np.ceil(recall * part.squats - 1e-9))
    return float(np.sort(scores)[-needed]) if 0 < needed <= len(scores) else None


def _pairs(bench: Bench, parts: list[Part]) -> pl.DataFrame:
    """Return each pair that a matcher raises, and each squat, with the scores of the matchers."""
    frames = []
    for part in (part for part in parts if part.title["day"] != "together"):
        flagged = part.pairs
        for matcher in bench.matchers:
            raised = bench.raised(part.pairs, matcher)
            raised = raised.select("domain", "brand", pl.lit(True).alias(f"{matcher.name}?"))
            flagged = flagged.join(raised, on=["domain", "brand"], how="left")
        flags = [pl.col(f"{matcher.name}?").fill_null(False) for matcher in bench.matchers]
        listed = flagged.with_columns(*flags).filter(pl.any_horizontal(flags) | (pl.col("verdict") == "squat"))
        scores = [pl.col(matcher.name).alias(f"{matcher.name} score") for matcher in bench.scored_matchers]
        raises = [pl.col(f"{matcher.name}?").alias(f"{matcher.name} raises") for matcher in bench.matchers]
        frames.append(
            listed.select(
                pl.lit(part.title["day"]).alias("day"),
                defanged("domain"),
                "brand",
                "verdict",
                "is_further",
                *scores,
                *raises,
            )
        )
    return pl.concat(frames).sort("day", "brand", "verdict", "domain")
