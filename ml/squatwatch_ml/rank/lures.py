"""What the text beside a brand says by itself: whether it stands beside brands in squats, or in honest names.

A linear model of character n-grams (fastText's idea: Joulin et al. 2017) whose weights are hashed into one small table.
`login`, `cuenta` and random tails weigh above 0, `plumbing`, `dental` and surnames below. It was fitted on texts beside
brands in published squats against texts beside ordinary words in registrations; the brands themselves are not in it.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from squatwatch_ml.rank.rests import Rest

BUCKETS = 2**16
SIZES = range(2, 6)  # characters of an n-gram


def lure_weight(rests: Sequence[Rest], weights: NDArray[np.float64], intercept: float) -> NDArray[np.float64]:
    """Return float64 [rests]: log-odds that the text stands beside a brand in a squat; 0 where there is no text."""
    empty = np.array([not (rest.before or rest.after) for rest in rests], bool)
    return np.where(empty, 0.0, ngram_counts(rests) @ weights + intercept)


def ngram_counts(rests: Sequence[Rest]) -> csr_array:
    """Return [rests, BUCKETS] counts of n-grams, each row of length 1."""
    columns: list[int] = []
    ends = [0]
    for rest in rests:
        columns += _buckets(rest)
        ends.append(len(columns))
    shares = np.ones(len(columns))
    counts = csr_array((shares, columns, ends), shape=(len(rests), BUCKETS))
    counts.sum_duplicates()
    lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    counts.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(counts.indptr))
    return counts


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
