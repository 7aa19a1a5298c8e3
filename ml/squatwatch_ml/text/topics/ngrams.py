"""Counts and weights of the n-grams of many labels at once; an n-gram is two or three neighbouring characters.

Labels lie one after the other in an array of code points, with an end after each, so a label is a stretch of it. At
each place begin a pair and a triple of characters. What the two weigh together is looked up in a table by the classes
of the three characters: each character of known n-grams is a class, all others are one, and the end is one whose
n-grams weigh nothing. Weights are integers, in millionths, because sums of integers are exact in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MILLIONTHS = 1e6
CHUNK = 10_000  # labels at a time, so that each array takes a megabyte or two

BITS = 21  # of a code point
END = 2**BITS - 1  # no character has this number

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


class NgramWeights(NamedTuple):
    """Weights of n-grams, in millionths: arrays [n-grams] for those that are known, a number for each other one."""

    ngrams: Sequence[str]
    is_top: NDArray[np.bool_]
    idf: Integers  # above 0
    log2_probability: Integers  # of pairs; of triples any number will do
    unseen_idf: int
    unseen_log2_probability: int


class NgramCounts(NamedTuple):
    """Counts of the n-grams of labels, one array [labels] each; all is 0 where a label has no n-gram.

    The TF-IDF weight of an n-gram is its idf, as often as it stands in the label.
    """

    bigram_count: Integers
    distinct_bigram_count: Integers
    bigram_log2_sum: Floats  # of log2 probabilities
    ngram_count: Integers
    top_ngram_count: Integers
    unseen_ngram_count: Integers
    tfidf_sum: Floats
    tfidf_max: Floats


def count_ngrams(labels: Sequence[str], weights: NgramWeights) -> NgramCounts:
    """Count and weigh the n-grams of labels.

    The tables take 40 bytes for each triple that the characters of known n-grams can make: 2 MB for 37 characters.
    """
    tables = _tables(weights)
    chunks = [_count(labels[start : start + CHUNK], tables) for start in range(0, max(len(labels), 1), CHUNK)]
    return NgramCounts(*map(np.concatenate, zip(*chunks, strict=True)))


class _Tables(NamedTuple):
    """Classes of characters, and tables [classes] ** 2 of pairs and [classes] ** 3 of triples, all of them flat.

    Those called `sum_`, `max_` and `count_` are of a triple together with the pair that it begins with.
    """

    class_of: NDArray[np.uint16]  # [code points]
    class_count: int
    pair_log2: Integers
    pair_idf: Integers
    triple_idf: Integers
    sum_idf: Integers
    max_idf: Integers
    count_top: Integers
    count_unseen: Integers


def _tables(weights: NgramWeights) -> _Tables:
    characters = sorted(set(map(ord, "".join(weights.ngrams))))
    end = len(characters) + 1
    class_of = np.full(END + 1, len(characters), np.uint16)
    class_of[characters] = np.arange(len(characters))
    class_of[END] = end
    length = np.array([len(ngram) for ngram in weights.ngrams], np.int64)

    of_size = {size: length == size for size in (2, 3)}
    places = {
        size: tuple(class_of[_code_points("".join(compress(weights.ngrams, chosen)))].reshape(-1, size).T)
        for size, chosen in of_size.items()
    }

    def table(size: int, known: NDArray[np.generic], unseen: int) -> Integers:
        """Return what n-grams of `size` characters weigh, an array [classes] ** size; `known` is an array [n-grams]."""
        filled = np.zeros((end + 1,) * size, np.int64)
        filled[(slice(end),) * size] = unseen
        filled[places[size]] = known[of_size[size]]
        return filled

    def both(known: NDArray[np.generic], unseen: int) -> tuple[Integers, Integers]:
        return table(2, known, unseen)[:, :, None], table(3, known, unseen)

    pair_idf, triple_idf = both(weights.idf, weights.unseen_idf)
    return _Tables(
        class_of=class_of,
        class_count=end + 1,
        pair_log2=table(2, weights.log2_probability, weights.unseen_log2_probability).ravel(),
        pair_idf=pair_idf.ravel(),
        triple_idf=triple_idf.ravel(),
        sum_idf=np.add(pair_idf, triple_idf).ravel(),
        max_idf=np.maximum(pair_idf, triple_idf).ravel(),
        count_top=np.add(*both(weights.is_top, 0)).ravel(),
        count_unseen=np.add(*both(np.zeros(len(length)), 1)).ravel(),
    )


def _count(labels: Sequence[str], tables: _Tables) -> NgramCounts:
    length = np.fromiter(map(len, labels), np.int64, len(labels))
    ends = np.cumsum(length + 1) - 1
    starts = ends - length
    characters = _code_points("\n".join([*labels, "", "", ""]))  # two ends more: at each place of a label begin three
    characters[ends] = characters[-2:] = END

    classes = tables.class_of[characters].astype(np.int64)
    pairs = classes[:-2] * tables.class_count + classes[1:-1]
    triples = pairs * tables.class_count + classes[2:]
    tfidf_max = np.maximum.reduceat(tables.max_idf[triples], starts)

    rows = np.repeat(np.arange(len(labels)), length + 1)
    pair_keys = (rows << BITS | characters[:-2]) << BITS | characters[1:-1]
    repeated_count = np.bincount(_repeated(pair_keys) >> 2 * BITS, minlength=len(labels))
    # only in labels that repeat a pair does an n-gram weigh more than its idf
    places = np.flatnonzero(repeated_count[rows])
    pair_numbers, pair_counts = _grouped(pair_keys[places])
    _, triple_counts = _grouped(pair_numbers << BITS | characters[places + 2])
    np.maximum.at(tfidf_max, rows[places], pair_counts * tables.pair_idf[pairs[places]])
    np.maximum.at(tfidf_max, rows[places], triple_counts * tables.triple_idf[triples[places]])

    bigram_count = np.maximum(length - 1, 0)
    return NgramCounts(
        bigram_count=bigram_count,
        distinct_bigram_count=bigram_count - repeated_count,
        bigram_log2_sum=np.add.reduceat(tables.pair_log2[pairs], starts) / MILLIONTHS,
        ngram_count=bigram_count + np.maximum(length - 2, 0),
        top_ngram_count=np.add.reduceat(tables.count_top[triples], starts),
        unseen_ngram_count=np.add.reduceat(tables.count_unseen[triples], starts),
        tfidf_sum=np.add.reduceat(tables.sum_idf[triples], starts) / MILLIONTHS,
        tfidf_max=tfidf_max / MILLIONTHS,
    )


def _repeated(keys: Integers) -> Integers:
    """Return the keys that were there before, each as often as it was."""
    ordered = np.sort(keys)
    again: Integers = ordered[1:][ordered[1:] == ordered[:-1]]
    return again


def _grouped(keys: Integers) -> tuple[Integers, Integers]:
    """Return for each key the number of its group, and how many are in it."""
    _, numbers, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return numbers, counts[numbers]


def _code_points(text: str) -> Integers:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
