"""Precision, recall, F1 and ROC AUC of scores against what is known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import mannwhitneyu


class Measures(NamedTuple):
    """Figures from 0 to 1; not a number where there is nothing to divide by."""

    precision: float
    recall: float
    f1: float
    roc_auc: float


def measures(scores: np.ndarray, target: np.ndarray, threshold: float) -> Measures:
    """Measure scores [count] against a target [count] of 1 or 0; a score from `threshold` on means 1.

    ROC AUC is Mann and Whitney's U (1947), ties counting half, over the number of pairs.
    """
    is_one, raised = target > 0, scores >= threshold
    right, missed, wrong = (is_one & raised).sum(), (is_one & ~raised).sum(), (~is_one & raised).sum()
    ranked = is_one.any() and not is_one.all()
    pairs = is_one.sum() * (~is_one).sum()
    return Measures(
        _share(right, right + wrong),
        _share(right, right + missed),
        _share(2 * right, 2 * right + missed + wrong),
        float(mannwhitneyu(scores[is_one], scores[~is_one]).statistic / pairs) if ranked else float("nan"),
    )


def _share(part: int, whole: int) -> float:
    return float(part / whole) if whole else float("nan")
