"""Score: the date's candidates become `detections`. The network comes from outside; this module never imports it.

The scores are kept in `detections_history` as well, in a file named after model and thresholds: a date that is scored
again by another model has both there, and the newer one in `detections`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

import polars as pl

from squatwatch.lake.ids import detection_id
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import Input, Provenance, fingerprint
from squatwatch.lake.tables import COMPONENTS, DETECTIONS, SCORE_COUNTS
from squatwatch.lists.thresholds import thresholds_in_force
from squatwatch.settings import Settings
from squatwatch.state.made_from import detection_inputs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = Sequence[float] | NDArray[np.float32]  # one a pair; networks give arrays


class Explanation(NamedTuple):
    """The reason why a label resembles a brand, as the columns of detections of these names have it."""

    technique: str
    matched_text: str
    reason: str
    aligned: Sequence[str]


class Scorer(Protocol):
    """The methods that a model has to offer; `squatwatch_ml.network.score.Scorer` is the one we ship."""

    @property
    def model_version(self) -> str:
        """Version of the artifact."""

    @property
    def device(self) -> str:
        """The device on which the network runs: cpu or gpu."""

    def score(self, labels: Sequence[str], brands: Sequence[str]) -> Numbers:
        """Return the score of each pair of label and brand, 0 to 1."""

    def base_threshold(self, brand: str) -> float:
        """Return the model's own threshold for a brand of this kind."""

    def explain(self, label: str, brand: str) -> tuple[str, str, str, Sequence[str]]:
        """Return why the label resembles the brand: the fields of an `Explanation`, in its order."""

    def components(self, labels: Sequence[str], brands: Sequence[str]) -> Mapping[str, Numbers]:
        """Return by kind of evidence how far it moves each pair's score, in log-odds."""


@dataclass(frozen=True)
class Detected:
    """Counts of a date."""

    candidate_count: int
    row_count: int
    detection_count: int
    model_version: str
    device: str
    threshold_origin: str


def detect_date(settings: Settings, run_date: date, scorer: Scorer) -> Detected:
    """Score every candidate of the date and replace its detections whole, an empty day included.

    Raises SquatwatchError where the date was not transformed.
    """
    lake = Lake(settings.home)
    with lake.exclusive(run_date):
        candidates = lake.read("candidates", run_date)
        made_from = detection_inputs(settings, run_date, scorer.model_version)
        scores = scorer.score(candidates["label"].to_list(), candidates["brand"].to_list())
        # networks give float32; five places are what they mean, and what people want to read
        scored = candidates.with_columns(score=pl.Series(scores, dtype=pl.Float64).round(5))
        brands = sorted(candidates["brand"].unique())
        thresholds = thresholds_in_force(settings, scorer.model_version, brands, scorer.base_threshold)
        above_floor = scored.filter(pl.col("score") >= settings.score_floor)
        detections = _detections(above_floor, thresholds.of_brand, scorer)
        counts = _counts(scorer.model_version, candidates.height, detections)
        lake.write("detections_history", run_date, detections, name=history_name(made_from))
        lake.write("score_counts", run_date, counts, made_from=made_from)
        lake.write("detections", run_date, detections, made_from=made_from)
    return Detected(
        candidate_count=candidates.height,
        row_count=detections.height,
        detection_count=int(detections["is_detection"].sum()),
        model_version=scorer.model_version,
        device=scorer.device,
        threshold_origin=thresholds.origin,
    )


def history_name(made_from: Provenance) -> str:
    """Return the name of a file in `detections_history`: model and thresholds, whatever the candidates were."""
    scored_by = {str(name): made_from.inputs[name] for name in (Input.MODEL, Input.THRESHOLDS, Input.SCORE_FLOOR)}
    return f"{made_from.inputs[Input.MODEL]}.{fingerprint(scored_by)[:8]}"


def _counts(model_version: str, candidate_count: int, detections: pl.DataFrame) -> pl.DataFrame:
    is_above = pl.col("score") >= pl.col("threshold")
    is_excused = pl.col("allowlist_reason").is_not_null()
    counted = detections.select(
        model_version=pl.lit(model_version),
        candidate_count=candidate_count,
        below_floor_count=candidate_count - pl.len(),
        below_threshold_count=(~is_above).sum(),
        allowlisted_count=(is_above & is_excused).sum(),
        detection_count=(is_above & ~is_excused).sum(),
    )
    return SCORE_COUNTS.conform(counted)


def _detections(scored: pl.DataFrame, thresholds: Mapping[str, float], scorer: Scorer) -> pl.DataFrame:
    labels, brands = scored["label"].to_list(), scored["brand"].to_list()
    explained = pl.DataFrame(
        [scorer.explain(label, brand) for label, brand in zip(labels, brands, strict=True)],
        schema={name: DETECTIONS.schema[name] for name in Explanation._fields},
        orient="row",
    )
    components = {f"component_{name}": values for name, values in scorer.components(labels, brands).items()}
    ids = [detection_id(brand, domain) for brand, domain in scored.select("brand", "domain").iter_rows()]
    rows = scored.hstack(explained).with_columns(
        detection_id=pl.Series(ids, dtype=pl.String),
        threshold=pl.Series([thresholds[brand] for brand in brands], dtype=pl.Float64),
        model_version=pl.lit(scorer.model_version),
        scored_at=pl.lit(datetime.now(UTC)),
        device=pl.lit(scorer.device),
        **{name: pl.Series(components[name], dtype=pl.Float64).round(1) for name in COMPONENTS},
    )
    is_detection = (pl.col("score") >= pl.col("threshold")) & pl.col("allowlist_reason").is_null()
    return DETECTIONS.conform(rows.with_columns(is_detection=is_detection)).sort("domain", "brand")
