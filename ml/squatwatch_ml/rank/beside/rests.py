"""A pair taken apart for the ranking: the span that stands for the brand, and what stands beside it."""

from __future__ import annotations

import re
from typing import NamedTuple

from squatwatch_ml.pair.beside import read_beside
from squatwatch_ml.pair.match import Pair
from squatwatch_ml.text.skeleton import without_marks
from squatwatch_ml.text.words import read

SHORTEST_WORD = 3  # letters
_DIGITS = re.compile(r"\d")


class Rest(NamedTuple):
    """The text before and after the span, digits as 0; `words`: those that it reads as; `span`: without hyphens.

    `keyword_count`, `other_count`: the pieces of that text that are keywords, and those that are none.
    """

    before: str
    after: str
    span: str
    is_exact: bool
    words: tuple[str, ...]
    keyword_count: int
    other_count: int


def rest_of(pair: Pair) -> Rest:
    """Return what stands beside the brand in a label."""
    match = pair.match
    return rest_around(pair.label, match.start, match.end, is_exact=match.distance == 0 and not match.is_reorder)


def rest_around(label: str, start: int, end: int, is_exact: bool) -> Rest:
    """Return what stands beside label[start:end]."""
    before, after, plain = label[:start], label[end:], without_marks(label)
    beside = read_beside(before, after, with_levels=False)
    return Rest(
        _DIGITS.sub("0", before),
        _DIGITS.sub("0", after),
        plain[start:end].replace("-", ""),
        is_exact,
        _words(plain, start, end),
        len(beside.keywords),
        len(beside.front) + len(beside.back),
    )


def _words(plain: str, start: int, end: int) -> tuple[str, ...]:
    """Return the words that the text before plain[start:end], and that after it, is cheapest to read as."""
    reading = read(plain)
    pieces = [*reading.best_before(start), *reading.best_after(end)]
    words = {plain[piece.start : piece.end] for piece in pieces if piece.zipf}
    return tuple(sorted(word for word in words if len(word) >= SHORTEST_WORD))
