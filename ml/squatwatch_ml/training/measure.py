"""The metrics of a network just trained, on brands that it never saw, for its manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.network.thresholds import brand_kind
from squatwatch_ml.training.data.pairs import TrainingPairs, background_pairs

PER_NAMES = 150_000  # a day's registrations, the size alarms are counted for
ScorePairs = Callable[[TrainingPairs], NDArray[np.float32]]


def measure(
    score: ScorePairs,
    brands: Sequence[str],
    thresholds: Mapping[str, float],
    imitations: TrainingPairs,
    names: Sequence[str],
    rng: np.random.Generator,
) -> dict[str, float | None]:
    """Measure recall on `imitations` of the brands, and names flagged among the labels `names`.

    `score` gives float32 [pairs], 0 to 1; `thresholds` are by kind of brand. Flagged names are counted per brand and
    150,000 names, and hold squats too. Recall is None where there are no imitations.
    """

    def flagged(pairs: TrainingPairs) -> NDArray[np.bool_]:
        limits = np.array([thresholds[brand_kind(brand)] for brand in pairs.brands])
        return np.asarray(score(pairs) >= limits, bool)

    is_found = flagged(imitations)
    alarms = int(flagged(background_pairs(brands, names, None, rng)).sum())
    return {
        "held_out_brands": len(brands),
        "held_out_imitations": len(is_found),
        "held_out_recall": round(float(is_found.mean()), 4) if len(is_found) else None,
        "held_out_flagged_per_brand_per_150k": round(alarms / len(brands) / len(names) * PER_NAMES, 2),
    }
