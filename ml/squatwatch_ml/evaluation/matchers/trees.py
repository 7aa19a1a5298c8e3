"""LightGBM on the features of the same pairs as the network, and the average of both."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from squatwatch_ml.baselines.pair_lightgbm import PairLightGBM
from squatwatch_ml.evaluation.bench import Bench
from squatwatch_ml.evaluation.matchers.pairs import Encoder, PairMatcher
from squatwatch_ml.network.score import Scorer
from squatwatch_ml.pair.encode import Encoded
from squatwatch_ml.training.train import training_pairs


def trees(scorer: Scorer, folder: Path, registrations: Path | None, say: Callable[[str], None]) -> PairLightGBM:
    """Read the trees that lie in `folder` for this artifact, else train them on the pairs the network was trained on.

    `registrations`: folder of the lists that the artifact's manifest names. Raises MissingExtra, OSError, ValueError.
    """
    path = folder / f"pair-lightgbm-{scorer.model_version}.txt"
    if path.exists():
        return PairLightGBM.load(path)
    say("LightGBM: making the pairs that the network was trained on")
    pairs = training_pairs(scorer.manifest, registrations)
    say(f"LightGBM: encoding {len(pairs.labels):,} pairs and training")
    model = PairLightGBM.fit(pairs, scorer.encode(pairs.labels, pairs.brands))
    model.save(path)
    return model


def tree_matchers(scorer: Scorer, encoder: Encoder, model: PairLightGBM) -> list[PairMatcher]:
    """Return LightGBM, and its average with the network; both at .5 until `same_budget` has set their thresholds."""

    def average(pairs: Encoded) -> NDArray[np.float32]:
        return np.asarray((scorer.score_encoded(pairs) + model.score_encoded(pairs)) / 2, np.float32)

    return [
        PairMatcher("LightGBM pair", encoder, model.score_encoded, lambda brand: 0.5),
        PairMatcher("average", encoder, average, lambda brand: 0.5),
    ]


def same_budget(bench: Bench, matchers: list[PairMatcher]) -> None:
    """Set one threshold each, at which they raise as many names on the calibration days as the network."""
    days = [bench.day(day).filter(~pl.col("is_planted")) for day in bench.lists.days("calibrate")]
    if not days:
        return
    scored = pl.concat(days)
    count = bench.raised(scored, bench.matchers[0]).height
    for matcher in matchers:
        ranked = np.sort(scored[matcher.name].drop_nulls().to_numpy())[::-1]
        limit = round(float(ranked[min(count, len(ranked) - 1)]) + 1e-5, 5) if len(ranked) else 0.5
        matcher.thresholds = partial(_same_for_all, limit)


def _same_for_all(threshold: float, _brand: str) -> float:
    return threshold
