"""LightGBM on the features of a pair of name and brand: what the network's reading of characters must add to.

One model for all brands, trained on the pairs that the network is trained on, and scored like it:
`PairLightGBM.score` and `.score_encoded` have the signatures of `network.score.Scorer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.network.score import ENCODED_AT_A_TIME
from squatwatch_ml.pair.encode import Encoded, encode
from squatwatch_ml.pair.features import FEATURES
from squatwatch_ml.training.data.pairs import TrainingPairs
from squatwatch_ml.training.extra import need

ROUNDS = 400
SETTINGS = {
    "objective": "binary", "learning_rate": 0.05, "num_leaves": 31, "min_data_in_leaf": 40, "feature_fraction": 0.8,
    "deterministic": True, "force_row_wise": True, "verbose": -1,
}  # fmt: skip


class PairLightGBM:
    """Trees over FEATURES (LightGBM, Ke and others 2017)."""

    def __init__(self, booster: Any):  # LightGBM's Booster, without types
        self._booster = booster

    @classmethod
    def fit(
        cls,
        pairs: TrainingPairs,
        encoded: Encoded | None = None,
        weight: NDArray[np.float32] | None = None,
        *,
        rounds: int = ROUNDS,
        seed: int = 1,
        threads: int = 1,
    ) -> PairLightGBM:
        """Train on pairs; `encoded` saves encoding them anew, `weight`, float32 [pairs], is how much each counts.

        The same pairs and seed give the same trees. Raises MissingExtra, ValueError where there are no pairs.
        """
        if not len(pairs.target):
            raise ValueError("there are no pairs to train LightGBM on: give names of both kinds")
        lightgbm = need("lightgbm")
        features = (encode(pairs.labels, pairs.brands) if encoded is None else encoded).features
        data = lightgbm.Dataset(features, pairs.target, weight=weight, feature_name=list(FEATURES))
        return cls(lightgbm.train({**SETTINGS, "seed": seed, "num_threads": threads}, data, rounds))

    def score(self, labels: Sequence[str], brands: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 [len(labels)], 0 to 1. Raises ValueError where the two have different lengths."""
        if len(labels) != len(brands):
            raise ValueError(f"{len(labels)} labels for {len(brands)} brands")
        scores = [np.zeros(0, np.float32)]
        for start in range(0, len(labels), ENCODED_AT_A_TIME):
            stop = start + ENCODED_AT_A_TIME
            scores.append(self.score_encoded(encode(labels[start:stop], brands[start:stop])))
        return np.concatenate(scores)

    def score_encoded(self, pairs: Encoded) -> NDArray[np.float32]:
        """Return float32 [pairs], 0 to 1, rounded to five places."""
        if not len(pairs.features):
            return np.zeros(0, np.float32)
        scores = np.asarray(self._booster.predict(pairs.features, num_threads=1), np.float64)
        return np.round(scores, 5).astype(np.float32)

    def save(self, path: Path) -> None:
        """Write the trees as LightGBM's text. Raises OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._booster.model_to_string(), "utf-8")

    @classmethod
    def load(cls, path: Path) -> PairLightGBM:
        """Read trees that `save` wrote. Raises OSError, MissingExtra, ValueError for those of other features."""
        booster = need("lightgbm").Booster(model_str=path.read_text("utf-8"))
        if booster.feature_name() != list(FEATURES):
            raise ValueError(f"{path} was trained on other features: remove it and run the command again")
        return cls(booster)
