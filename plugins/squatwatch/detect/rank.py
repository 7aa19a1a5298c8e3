"""Rank: a date's detections, in what order they are worth looking at. The ranker comes from outside, as networks do.

Rankings are of the whole date, because waves show in all its names. They decide nothing: what is flagged, and whether
a date is whole, does not depend on them. A name that they lift stands beside those that are flagged, and is not one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from squatwatch.errors import Damaged
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import Input, Provenance
from squatwatch.lake.tables import DETECTIONS, RANKINGS
from squatwatch.names.idn import to_unicode
from squatwatch.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float64]


class PairsToRank(NamedTuple):
    """Scored pairs of one date: registrable domain, its Unicode label, brand, score from 0 to 1.

    `flagged` says which are detections, `excused` which the allowlist sets aside.
    """

    domains: Sequence[str]
    labels: Sequence[str]
    brands: Sequence[str]
    scores: Scores
    flagged: Sequence[bool]
    excused: Sequence[bool]


class JudgedNames(NamedTuple):
    """Pairs that analysts judged on earlier dates; `is_squat` is False where the name is harmless."""

    domains: Sequence[str]
    labels: Sequence[str]
    brands: Sequence[str]
    is_squat: Sequence[bool]


class RankedPairs(NamedTuple):
    """The ranking of pairs in their order: the columns of `rankings`; `components` by kind of evidence."""

    squat: Scores
    use: Scores
    other: Scores
    priority: Scores
    taken_for: Sequence[str]
    components: Mapping[str, Scores]
    notes: Sequence[str]
    wave_ids: Sequence[str | None]
    wave_sizes: Sequence[int]
    is_lifted: Sequence[bool]


@dataclass(frozen=True)
class Ranker:
    """A ranker: the version of its content, and what ranks the pairs of a date.

    It does so by the names judged before, and by what brands do, in a few words by brand.
    """

    version: str
    rank: Callable[[PairsToRank, JudgedNames, Mapping[str, str]], RankedPairs]


@dataclass(frozen=True)
class Ranked:
    """Counts of a date that was ranked. `judged_count` is that of judged names of all its brands."""

    run_date: date
    row_count: int
    wave_count: int
    judged_count: int
    ranker_version: str


# Return columns domain, brand, is_squat of what was judged of these brands before the date.
ReadJudged = Callable[[Settings, date, Sequence[str]], pl.DataFrame]
NOTHING_JUDGED = pl.DataFrame(schema={"domain": pl.String, "brand": pl.String, "is_squat": pl.Boolean})


def rank_date(
    settings: Settings, run_date: date, ranker: Ranker, read_judged: ReadJudged, abouts: Mapping[str, str]
) -> Ranked:
    """Rank the date's detections and replace its rankings whole. `abouts`: what brands do, in a few words.

    Raises Missing where the date was not scored, and what `ranker` and `read_judged` raise.
    """
    lake = Lake(settings.home)
    with lake.exclusive(run_date):
        detections = lake.read(DETECTIONS.name, run_date)
        judged = read_judged(settings, run_date, sorted(detections["brand"].unique()))
        ranked = ranker.rank(_pairs(detections), _judged(judged), abouts)
        rows = _rows(detections, ranked, judged, ranker.version)
        lake.write(RANKINGS.name, run_date, rows, made_from=_made_from(lake, run_date, ranker))
    return Ranked(run_date, rows.height, rows["wave_id"].drop_nulls().n_unique(), judged.height, ranker.version)


def remove_other_ranking(lake: Lake, run_date: date, detections_made_from: Provenance) -> None:
    """Remove the date's rankings unless they are of detections that were made from the same, and can be read.

    Done before detections are replaced, so that no run that is killed leaves rankings of other detections.
    """
    if lake.partition(RANKINGS.name, run_date).is_file():
        try:
            ranked = lake.made_from(RANKINGS.name, run_date).upstream.get(DETECTIONS.name)
        except Damaged:
            ranked = None
        if ranked != detections_made_from.fingerprint:
            lake.remove(RANKINGS.name, run_date)


def _made_from(lake: Lake, run_date: date, ranker: Ranker) -> Provenance:
    return Provenance(
        upstream={DETECTIONS.name: lake.made_from(DETECTIONS.name, run_date).fingerprint},
        inputs={Input.RANKER: ranker.version},
    )


def _pairs(detections: pl.DataFrame) -> PairsToRank:
    return PairsToRank(
        detections["domain"].to_list(),
        [_label(name) for name in detections["domain_unicode"]],
        detections["brand"].to_list(),
        detections["score"].to_numpy(),
        detections["is_detection"].to_list(),
        detections["allowlist_reason"].is_not_null().to_list(),
    )


def _judged(judged: pl.DataFrame) -> JudgedNames:
    return JudgedNames(
        judged["domain"].to_list(),
        [_label(to_unicode(domain)) for domain in judged["domain"]],
        judged["brand"].to_list(),
        judged["is_squat"].to_list(),
    )


def _label(domain_unicode: str) -> str:
    """Return what stands before the public suffix, as candidates have it."""
    return domain_unicode.split(".", 1)[0]


def _rows(detections: pl.DataFrame, ranked: RankedPairs, judged: pl.DataFrame, version: str) -> pl.DataFrame:
    judged_counts = judged.group_by("brand").agg(judged_count=pl.len())
    rows = detections.select("detection_id", "domain", "brand", "model_version").with_columns(
        pl.Series("squat", ranked.squat, pl.Float64),
        pl.Series("use", ranked.use, pl.Float64),
        pl.Series("other", ranked.other, pl.Float64),
        pl.Series("priority", ranked.priority, pl.Float64),
        pl.Series("taken_for", ranked.taken_for, pl.String),
        pl.Series("note", ranked.notes, pl.String),
        pl.Series("wave_id", ranked.wave_ids, pl.String),
        pl.Series("wave_size", ranked.wave_sizes, pl.Int64),
        pl.Series("is_lifted", ranked.is_lifted, pl.Boolean),
        *(pl.Series(f"component_{kind}", values, pl.Float64).round(1) for kind, values in ranked.components.items()),
        ranker_version=pl.lit(version),
        ranked_at=pl.lit(datetime.now(UTC)),
    )
    counted = rows.join(judged_counts, "brand", how="left", maintain_order="left")
    return RANKINGS.conform(counted.with_columns(pl.col("judged_count").fill_null(0)))
