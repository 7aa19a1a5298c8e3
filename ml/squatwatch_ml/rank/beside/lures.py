"""What the text beside a brand says by itself: whether it stands beside brands in squats, or in honest names.

A linear model of character n-grams (fastText's idea: Joulin et al. 2017) whose weights are hashed into one small table.
`login`, `cuenta` and random tails weigh above 0, `plumbing`, `dental` and surnames below. It was fitted on texts beside
brands in published squats against texts beside ordinary words in registrations; the brands themselves are not in it.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.rank.beside.rests import Rest

BUCKETS = 2**16
SIZES = range(2, 6)  # characters of an n-gram


class Lures(NamedTuple):
    """Weights float64 [BUCKETS] of n-grams, and what is added to their sum."""

    weights: NDArray[np.float64]
    intercept: float


class Ngrams(NamedTuple):
    """The n-grams of texts: each text and bucket once, with the share of it; a text's shares have length 1 together."""

    rows: NDArray[np.int64]
    buckets: NDArray[np.int64]
    shares: NDArray[np.float64]


def lure_weight(rests: Sequence[Rest], lures: Lures) -> NDArray[np.float64]:
    """Return float64 [rests]: log-odds that the text stands beside a brand in a squat; 0 where there is no text."""
    found = ngrams(rests)
    sums = np.bincount(found.rows, found.shares * lures.weights[found.buckets], len(rests))
    empty = np.array([not (rest.before or rest.after) for rest in rests], bool)
    return np.where(empty, 0.0, sums + lures.intercept)


def ngrams(rests: Sequence[Rest]) -> Ngrams:
    """Return the n-grams of texts, hashed into BUCKETS."""
    of_each = list(map(_buckets, rests))
    rows = np.repeat(np.arange(len(rests)), [len(buckets) for buckets in of_each])
    cells = rows * BUCKETS + np.array([bucket for buckets in of_each for bucket in buckets], np.int64)
    distinct, counts = np.unique(cells, return_counts=True)
    rows, buckets = distinct // BUCKETS, distinct % BUCKETS
    lengths = np.sqrt(np.bincount(rows, counts.astype(np.float64) ** 2, len(rests)))
    return Ngrams(rows, buckets, counts / lengths[rows])


def _buckets(rest: Rest) -> list[int]:
    """Return the buckets of a text's n-grams, with marks where a part begins and ends and for the side it stands on."""
    found = []
    for mark, text in (("<", rest.before), (">", rest.after)):
        for part in text.replace("-", " ").split():
            padded = f" {part} "
            for size in SIZES:
                found += [padded[at : at + size] for at in range(len(padded) - size + 1)]
        if text:
            found.append(mark + (text[-1] if mark == "<" else text[0]))
    return [zlib.crc32(gram.encode()) % BUCKETS for gram in found]
