"""Score: the date's candidates become `detections`. The network comes from outside; this module never imports it.

The scores are kept in `detections_history` as well, in a file named after model and thresholds: a date that is scored
again by another model has both there, and the newer one in `detections`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

import polars as pl

from squatwatch.detect.nearer import Told, nearer_brands, words
from squatwatch.detect.rank import remove_other_ranking
from squatwatch.lake.ids import detection_id
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import Input, Provenance, fingerprint
from squatwatch.lake.shards import remove_shards
from squatwatch.lake.tables import DETECTIONS, SCORE_COUNTS
from squatwatch.lists.thresholds import thresholds_in_force
from squatwatch.settings import Settings
from squatwatch.state.made_from import detection_inputs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = Sequence[float] | NDArray[np.float32] | NDArray[np.float64]  # one a pair; networks give arrays
    Rows = Sequence[int] | NDArray[np.int64]


class Explanation(NamedTuple):
    """The reason why a label resembles a brand, as the columns of detections of these names have it."""

    technique: str
    matched_text: str
    reason: str
    aligned: Sequence[str]


class Judged(NamedTuple):
    """The scores of pairs of label and brand, 0 to 1 in five places, and why those that score enough do.

    `rows` are the numbers of those, in order; `explanations` (the fields of an `Explanation`) and `components` (by kind
    of evidence how far it moves the score, in log-odds) are theirs.
    """

    scores: Numbers
    rows: Rows
    explanations: Sequence[tuple[str, str, str, Sequence[str]]]
    components: Mapping[str, Numbers]


class Scorer(Protocol):
    """The methods that a model has to offer; `squatwatch_ml.network.score.Scorer` is the one we ship."""

    @property
    def model_version(self) -> str:
        """Version of the artifact."""

    @property
    def device(self) -> str:
        """The device on which the network runs: cpu or gpu."""

    def base_threshold(self, brand: str) -> float:
        """Return the model's own threshold for a brand of this kind."""

    def judge(
        self, labels: Sequence[str], brands: Sequence[str], floor: float, *, with_components: bool = True
    ) -> tuple[Numbers, Rows, Sequence[tuple[str, str, str, Sequence[str]]], Mapping[str, Numbers]]:
        """Return the fields of a `Judged`, in its order: enough is `floor`. Components cost most; there may be none."""


@dataclass(frozen=True)
class Detected:
    """Counts of a date."""

    candidate_count: int
    row_count: int
    below_threshold_count: int
    allowlisted_count: int
    detection_count: int
    model_version: str
    device: str
    threshold_origin: str

    def __add__(self, other: Detected) -> Detected:
        """Return the counts of two shards together."""
        return Detected(
            candidate_count=self.candidate_count + other.candidate_count,
            row_count=self.row_count + other.row_count,
            below_threshold_count=self.below_threshold_count + other.below_threshold_count,
            allowlisted_count=self.allowlisted_count + other.allowlisted_count,
            detection_count=self.detection_count + other.detection_count,
            model_version=self.model_version,
            device=self.device,
            threshold_origin=self.threshold_origin,
        )


def detect_date(settings: Settings, run_date: date, scorer: Scorer) -> Detected:
    """Score every candidate of the date and replace its detections whole, an empty day included.

    Raises SquatwatchError where the date was not transformed.
    """
    lake = Lake(settings.home)
    with lake.exclusive(run_date):
        candidates = lake.read("candidates", run_date)
        made_from = detection_inputs(settings, run_date, scorer.model_version)
        detections, detected = detect(settings, candidates, scorer)
        write_detections(lake, run_date, detections, detected, made_from)
        remove_shards(lake, "score", run_date)
    return detected


def detect(settings: Settings, candidates: pl.DataFrame, scorer: Scorer) -> tuple[pl.DataFrame, Detected]:
    """Return the detections among some candidates, and what was counted."""
    judged = Judged(*scorer.judge(candidates["label"].to_list(), candidates["brand"].to_list(), settings.score_floor))
    brands = sorted(candidates["brand"].unique())
    thresholds = thresholds_in_force(settings, scorer.model_version, brands, scorer.base_threshold)
    detections = _detections(candidates, judged, thresholds.of_brand, scorer)
    is_above = pl.col("score") >= pl.col("threshold")
    is_excused = pl.col("allowlist_reason").is_not_null()
    counts = detections.select(
        below_threshold_count=(~is_above).sum(),
        allowlisted_count=(is_above & is_excused).sum(),
        detection_count=(is_above & ~is_excused).sum(),
    )
    return detections, Detected(
        candidate_count=candidates.height,
        row_count=detections.height,
        **counts.row(0, named=True),
        model_version=scorer.model_version,
        device=scorer.device,
        threshold_origin=thresholds.origin,
    )


def write_detections(
    lake: Lake, run_date: date, detections: pl.DataFrame | pl.LazyFrame, detected: Detected, made_from: Provenance
) -> None:
    """Replace the date's detections and counts, and keep the same detections in the history."""
    lake.write("detections_history", run_date, detections, name=history_name(made_from))
    lake.write("score_counts", run_date, _counts(detected), made_from=made_from)
    remove_other_ranking(lake, run_date, made_from)
    lake.write("detections", run_date, detections, made_from=made_from)


def history_name(made_from: Provenance) -> str:
    """Return the name of a file in `detections_history`: model and thresholds, whatever the candidates were."""
    scored_by = {str(name): made_from.inputs[name] for name in (Input.MODEL, Input.THRESHOLDS, Input.SCORE_FLOOR)}
    return f"{made_from.inputs[Input.MODEL]}.{fingerprint(scored_by)[:8]}"


def _counts(detected: Detected) -> pl.DataFrame:
    below_floor_count = detected.candidate_count - detected.row_count
    return SCORE_COUNTS.conform(pl.DataFrame([asdict(detected) | {"below_floor_count": below_floor_count}]))


def _detections(
    candidates: pl.DataFrame, judged: Judged, thresholds: Mapping[str, float], scorer: Scorer
) -> pl.DataFrame:
    scored = candidates.with_columns(score=pl.Series(judged.scores, dtype=pl.Float64))[judged.rows]
    explained = pl.DataFrame(
        judged.explanations,
        schema={name: DETECTIONS.schema[name] for name in Explanation._fields},
        orient="row",
    )
    ids = [detection_id(brand, domain) for brand, domain in scored.select("brand", "domain").iter_rows()]
    rows = scored.hstack(explained).with_columns(
        detection_id=pl.Series(ids, dtype=pl.String),
        threshold=pl.Series([thresholds[brand] for brand in scored["brand"]], dtype=pl.Float64),
        model_version=pl.lit(scorer.model_version),
        scored_at=pl.lit(datetime.now(UTC)),
        device=pl.lit(scorer.device),
        **{
            f"component_{name}": pl.Series(values, dtype=pl.Float64).round(1)
            for name, values in judged.components.items()
        },
    )
    rows = _with_nearer_brands(rows)
    is_detection = (pl.col("score") >= pl.col("threshold")) & pl.col("allowlist_reason").is_null()
    return DETECTIONS.conform(rows.with_columns(is_detection=is_detection)).sort("domain", "brand")


def _with_nearer_brands(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows, those set aside whose name is nearer to another brand (see `nearer`)."""
    of_several = rows.filter(pl.col("domain").is_duplicated())
    told = [Told(*row) for row in of_several.select("domain", *Told._fields[1:]).iter_rows()]
    nearer = nearer_brands(told)
    reasons = [
        reason or (words(nearer[domain, brand]) if (domain, brand) in nearer else None)
        for domain, brand, reason in rows.select("domain", "brand", "allowlist_reason").iter_rows()
    ]
    return rows.with_columns(allowlist_reason=pl.Series(reasons, dtype=pl.String)) if nearer else rows
