"""Multinomial logistic regression: fitted by L-BFGS, applied by one product of matrices."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_STEPS = 200


class Linear(NamedTuple):
    """Weights float64 [numbers, classes] and intercepts float64 [classes]."""

    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]


def fit(
    numbers: Any,
    classes: NDArray[np.int64],
    class_count: int,
    row_weights: NDArray[np.float64],
    penalty: float | NDArray[np.float64],
) -> Linear:
    """Return the weights of least log loss plus `penalty` / 2 times their squares, the rows' weights taken as a mean.

    `numbers` is [rows, numbers], dense or sparse; `classes` int64 [rows], 0 to class_count - 1; `penalty` one for all
    numbers or float64 [numbers]. The result depends on its input alone. Raises ValueError where there is no row.
    """
    from scipy.optimize import minimize  # half a second, which who only applies the weights has no use for

    rows, columns = numbers.shape
    if not rows:
        raise ValueError("there is nothing to fit on")
    share = row_weights / row_weights.sum()
    is_class = np.zeros((rows, class_count))
    is_class[np.arange(rows), classes] = 1

    by_number = np.broadcast_to(np.asarray(penalty, np.float64), columns)[:, None]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        line = _unpacked(flat, columns, class_count)
        chances = probabilities(np.asarray(numbers @ line.weights) + line.intercepts)
        wrong = (chances - is_class) * share[:, None]
        value = -(share * np.log(np.maximum(chances[np.arange(rows), classes], 1e-300))).sum()
        value += (by_number / 2 * line.weights**2).sum()
        slopes = np.asarray(numbers.T @ wrong) + by_number * line.weights
        return float(value), np.concatenate([slopes.ravel(), wrong.sum(axis=0)])

    start = np.zeros((columns + 1) * class_count)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS})
    return _unpacked(found.x, columns, class_count)


def probabilities(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the softmax of float64 [rows, classes]: rows of probabilities."""
    powers = np.exp(log_odds - log_odds.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _unpacked(flat: NDArray[np.float64], columns: int, class_count: int) -> Linear:
    return Linear(flat[: columns * class_count].reshape(columns, class_count), flat[columns * class_count :])
