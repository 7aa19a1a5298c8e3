"""Score: the date's candidates become `detections`. The network comes from outside; this module never imports it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple, Protocol

import polars as pl

from squatwatch.lake import Lake
from squatwatch.settings import Settings
from squatwatch.tables import DETECTIONS

DETECTION_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "squatwatch.detections")


class Explanation(NamedTuple):
    technique: str
    matched_text: str


class Scorer(Protocol):
    """What a model has to offer; `squatwatch_ml.score.Scorer` is the one we ship."""

    model_version: str
    threshold: float
    device: str

    def score(self, labels: Sequence[str], brands: Sequence[str]) -> Sequence[float]: ...

    def explain(self, label: str, brand: str) -> Explanation: ...


@dataclass(frozen=True)
class Detected:
    """Counts of a date."""

    candidate_count: int
    row_count: int
    detection_count: int
    model_version: str
    device: str

    def __str__(self) -> str:
        return (
            f"{self.candidate_count:,} candidates on the {self.device} by model {self.model_version}: "
            f"{self.detection_count:,} detections, {self.row_count:,} rows above the floor"
        )


def detect_date(settings: Settings, run_date: date, scorer: Scorer) -> Detected:
    """Scores every candidate of the date and replaces its detections whole, an empty day included.

    Raises SquatwatchError where the date was not transformed.
    """
    lake = Lake(settings.home)
    candidates = lake.read("candidates", run_date)
    scores = scorer.score(candidates["label"].to_list(), candidates["brand"].to_list())
    # networks give float32; five places are what they mean, and what people want to read
    scored = candidates.with_columns(score=pl.Series(scores, dtype=pl.Float64).round(5))
    threshold = scorer.threshold if settings.threshold is None else settings.threshold
    detections = _detections(scored.filter(pl.col("score") >= settings.score_floor), threshold, scorer)
    lake.write("detections", run_date, detections)
    return Detected(
        candidate_count=candidates.height,
        row_count=detections.height,
        detection_count=detections["is_detection"].sum(),
        model_version=scorer.model_version,
        device=scorer.device,
    )


def detection_id(brand: str, domain: str) -> str:
    """The same for a brand and domain whenever and wherever they are seen."""
    return str(uuid.uuid5(DETECTION_NAMESPACE, f"{brand}|{domain}"))


def _detections(scored: pl.DataFrame, threshold: float, scorer: Scorer) -> pl.DataFrame:
    pairs = list(scored.select("label", "brand").iter_rows())
    reasons = [scorer.explain(label, brand) for label, brand in pairs]
    ids = [detection_id(brand, domain) for brand, domain in scored.select("brand", "domain").iter_rows()]
    rows = scored.with_columns(
        detection_id=pl.Series(ids, dtype=pl.String),
        threshold=pl.lit(threshold),
        is_detection=(pl.col("score") >= threshold) & pl.col("allowlist_reason").is_null(),
        technique=pl.Series([reason.technique for reason in reasons], dtype=pl.String),
        matched_text=pl.Series([reason.matched_text for reason in reasons], dtype=pl.String),
        model_version=pl.lit(scorer.model_version),
        scored_at=pl.lit(datetime.now(UTC)),
        device=pl.lit(scorer.device),
    )
    return DETECTIONS.conform(rows).sort("domain", "brand")
