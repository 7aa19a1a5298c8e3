"""Words of many languages and how common they are, and names read as words.

Frequencies are wordfreq's (Zipf scale: 3 is once in a million words, 6 once in a thousand), first names, surnames and
places included. Words are kept as they could stand in a label: lower case, without marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.text.word_table import word_table

RAREST, HIGHEST_ZIPF = 2.2, 8.0

# what a reader pays, in powers of ten: a word costs MOST less its Zipf value
MOST, UNKNOWN_LETTER, DIGIT = 9.0, 2.2, 0.6
_LETTER_COST = {"-": 0.0} | dict.fromkeys("0123456789", DIGIT)


def zipf_of(word: str) -> float:
    """Return how common a word is in the language that uses it most; 0 for no word."""
    return word_table().zipf(word)


def commonness(word: str) -> float:
    """Return how common a word is, 0 (for no word) to 1."""
    return zipf_share(zipf_of(word))


def language_count(word: str) -> int:
    """Return in how many languages `word` is a word."""
    return word_table().languages(word)


def is_dictionary_word(text: str) -> bool:
    """Tell whether `text` is an English word and no name: `apple`, `bookings`, not `amazon` or `google`."""
    table = word_table()
    return table.has_in_dictionary(text) or (text.endswith("s") and table.has_in_dictionary(text[:-1]))


class Piece(NamedTuple):
    """A piece text[start:end] read as one word, number or run of unknown letters; `zipf` is 0 for no word."""

    start: int
    end: int
    zipf: float


def zipf_share(zipf: float) -> float:
    """Return a Zipf value on a scale from 0 (rarest of the lists, or none) to 1."""
    return max(zipf - RAREST, 0) / (HIGHEST_ZIPF - RAREST)


def zipf_shares(zipfs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the same of many Zipf values."""
    shares: NDArray[np.float64] = np.maximum(zipfs - RAREST, 0) / (HIGHEST_ZIPF - RAREST)
    return shares


Words = Sequence[Sequence[tuple[int, float]]]


class Reading(NamedTuple):
    """Cheapest ways to read a label as words: `before[i]` costs label[:i], `after[i]` label[i:].

    Costs are negative powers of ten of how likely the words are (a unigram model, Viterbi's algorithm).
    `label`: what is read; `words[i]`: each word that begins at i, as its end and its Zipf value; `last[i]`: where the
    last piece of label[:i] begins, and its Zipf value; `best`: the pieces of the label read as a whole.
    """

    label: str
    words: Words
    before: list[float]
    after: list[float]
    last: list[tuple[int, float]]
    best: list[Piece]

    def best_before(self, end: int) -> list[Piece]:
        """Return the pieces of label[:end] read by itself."""
        return _pieces(self.last, end)

    def best_after(self, start: int) -> list[Piece]:
        """Return the pieces of label[start:] read by itself."""
        if start == len(self.label):
            return []
        return _pieces(_forwards(self.label, self.words, start)[1], len(self.label), start)

    def cost_without(self, start: int, end: int) -> float:
        """Return the cost of the label where label[start:end] may not be one word of it."""
        if any((piece.start, piece.end) == (start, end) for piece in self.best):
            return _forwards(self.label, self.words, forbidden=(start, end))[0][-1]
        return self.before[-1]


@lru_cache(maxsize=100)  # a name's pairs come one after the other; more would be work for the garbage collector
def read(label: str) -> Reading:
    """Read a lower-case label without marks as words, digits and unknown letters; hyphens divide and cost nothing."""
    words = word_table().words_in(label)
    before, last = _forwards(label, words)
    return Reading(label, words, before, _backwards(label, words), last, _pieces(last, len(label)))


def _forwards(
    label: str, words: Words, first: int = 0, forbidden: tuple[int, int] | None = None
) -> tuple[list[float], list[tuple[int, float]]]:
    """Return the cost and the last piece of label[first:i] for each i; of ways that cost the same the first found."""
    costs = [0.0] * (first + 1) + [inf] * (len(label) - first)
    last = [(0, 0.0)] * (len(label) + 1)
    for start in range(first, len(label)):
        so_far = costs[start]
        for end, zipf in words[start]:
            cost = so_far + MOST - zipf
            if cost < costs[end] and (start, end) != forbidden:
                costs[end] = cost
                last[end] = (start, zipf)
        cost = so_far + _LETTER_COST.get(label[start], UNKNOWN_LETTER)
        if cost <= costs[start + 1]:
            costs[start + 1] = cost
            last[start + 1] = (start, 0.0)
    return costs, last


def _backwards(label: str, words: Words) -> list[float]:
    """Return the cost of label[i:] for each i."""
    costs = [0.0] * (len(label) + 1)
    for start in range(len(label) - 1, -1, -1):
        cheapest = costs[start + 1] + _LETTER_COST.get(label[start], UNKNOWN_LETTER)
        for end, zipf in words[start]:
            cost = costs[end] + MOST - zipf
            if cost < cheapest:
                cheapest = cost
        costs[start] = cheapest
    return costs


def _pieces(last: list[tuple[int, float]], end: int, first: int = 0) -> list[Piece]:
    pieces = []
    while end > first:
        start, zipf = last[end]
        pieces.append(Piece(start, end, zipf))
        end = start
    return pieces[::-1]
