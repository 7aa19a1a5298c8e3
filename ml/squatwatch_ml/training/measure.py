"""What a network just trained is worth on brands that it never saw: the metrics of its manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from squatwatch_ml.network.thresholds import brand_kind
from squatwatch_ml.text.names import labels_of, read_domains
from squatwatch_ml.training import dataset

if TYPE_CHECKING:
    from squatwatch_ml.training.train import Plan

PER_NAMES = 150_000  # a day's registrations, the size alarms are counted for


def measure(
    scores_of: Callable[[dataset.Pairs], np.ndarray],
    brands: Sequence[str],
    thresholds: Mapping[str, float],
    plan: Plan,
    source: dataset.Source,
) -> dict[str, Any]:
    """Recall on generated imitations of the brands, and names flagged, at the thresholds by kind of brand.

    Alarms are counted in the calibration lists where there are some, else in popular names. They hold squats too.
    """
    rng = np.random.default_rng([plan.seed, 1])
    names = labels_of(domain for path in plan.calibration for domain in read_domains(path))
    names = names or [source.popular[at] for at in rng.permutation(len(source.popular))[: plan.background]]

    def is_flagged(pairs: dataset.Pairs) -> np.ndarray:
        return scores_of(pairs) >= np.array([thresholds[brand_kind(brand)] for brand in pairs.brands])

    found = is_flagged(dataset.positive_pairs(brands, plan.positives, rng, source))
    flagged = is_flagged(dataset.background_pairs(brands, names, None, rng))
    return {
        "held_out_brands": len(brands),
        "held_out_imitations": len(found),
        "held_out_recall": round(float(found.mean()), 4) if len(found) else None,
        "held_out_flagged_per_brand_per_150k": round(float(flagged.sum() / len(brands) / len(names) * PER_NAMES), 2),
    }
