"""Frequencies of words in many languages, and names read as words.

Frequencies are wordfreq's (Zipf scale: 3 is once in a million words, 6 once in a thousand), first names, surnames and
places included. Words are kept as they could stand in a label: lower case, without marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.metadata import version
from typing import NamedTuple

import wordfreq
from english_words import get_english_words_set

from squatwatch_ml.text.skeleton import fold

# languages whose words are written in Latin letters; those with a large list in wordfreq are read whole
LARGE = tuple("en de fr es it".split())
SMALL = tuple("pt nl pl sv nb fi cs tr id hu ro sh sk da vi ms fil".split())
LANGUAGE_COUNT = len(LARGE) + len(SMALL)
LEAST_ZIPF = 2.6
RAREST, HIGHEST_ZIPF = 2.2, 8.0
LONGEST = 18  # letters of a word
WORD_LENGTHS = range(2, LONGEST + 1)

SHORT_WORD_ZIPF = 5.0  # of two letters: all pairs of letters are a word somewhere

# what a reader pays, in powers of ten: a word costs MOST less its Zipf value
MOST, UNKNOWN_LETTER, DIGIT = 9.0, 2.2, 0.6
_LETTER_COST = {"-": 0.0} | dict.fromkeys("0123456789", DIGIT)


class Words(NamedTuple):
    """Words of all languages.

    `zipf`: how common a word is in the language that uses it most; `languages`: in how many it is a word.
    """

    zipf: Mapping[str, float]
    languages: Mapping[str, int]

    def commonness(self, text: str) -> float:
        """Return how common a word is, 0 (for no word) to 1."""
        return zipf_share(self.zipf.get(text, 0))


def frequencies(language: str, size: str, least: float) -> Iterator[tuple[str, float]]:
    """Yield each word of wordfreq's list ("small" or "large") of a language with its Zipf value, from `least` on."""
    try:
        # bins of words, the n-th holding those of Zipf value 9 - n / 100
        for number, words in enumerate(wordfreq.get_frequency_list(language, size)):
            value = 9 - number / 100
            if value < least:
                return
            for word in words:
                yield word, value
    finally:
        wordfreq.get_frequency_list.cache_clear()  # it would keep every list that was ever read


@cache
def dictionary() -> frozenset[str]:
    """Return the English words that an old dictionary (Webster's Second) writes with a small letter."""
    words = get_english_words_set(["web2"], lower=False)
    return frozenset(word for word in words if word.islower() and word.isalpha())


def is_dictionary_word(text: str) -> bool:
    """Tell whether `text` is an English word and no name: `apple`, `bookings`, not `amazon` or `google`."""
    known = dictionary()
    return text in known or (text.endswith("s") and text[:-1] in known)


class Piece(NamedTuple):
    """A piece text[start:end] read as one word, number or run of unknown letters; `zipf` is 0 for no word."""

    start: int
    end: int
    zipf: float


def zipf_share(zipf: float) -> float:
    """Return a Zipf value on a scale from 0 (rarest of the lists, or none) to 1."""
    return max(zipf - RAREST, 0) / (HIGHEST_ZIPF - RAREST)


@cache
def read_words() -> Words:
    """Read the frequency lists: about a second, once a process."""
    zipf: dict[str, float] = {}
    languages: dict[str, int] = {}
    for language, size in [*((one, "large") for one in LARGE), *((one, "small") for one in SMALL)]:
        for written, value in frequencies(language, size, LEAST_ZIPF):
            word = without_marks(written)
            if len(word) in WORD_LENGTHS and word.isalpha() and (len(word) > 2 or value >= SHORT_WORD_ZIPF):
                languages[word] = languages.get(word, 0) + 1
                if value > zipf.get(word, 0):
                    zipf[word] = value
    return Words(zipf, languages)


def word_lists() -> dict[str, str]:
    """Return the versions of the packages that words are read from: with other ones scores may differ."""
    return {name: version(name) for name in ("wordfreq", "english-words")}


def without_marks(label: str) -> str:
    """Return the label, each character that is not ASCII as the plain letter that it looks like, `?` for none."""
    if label.isascii():
        return label
    return "".join(character if character.isascii() else fold(character)[:1] or "?" for character in label)


class Reading(NamedTuple):
    """Cheapest ways to read a label as words: `before[i]` costs label[:i], `after[i]` label[i:], `best` the pieces.

    Costs are negative powers of ten of how likely the words are (a unigram model, Viterbi's algorithm).
    """

    before: list[float]
    after: list[float]
    best: list[Piece]


@lru_cache(maxsize=50_000)
def read(label: str) -> Reading:
    """Read a lower-case label without marks as words, digits and unknown letters; hyphens divide and cost nothing."""
    before, best = _cheapest(label)
    turned, _ = _cheapest(label, backwards=True)
    return Reading(before, turned, best)


def cost_without(label: str, start: int, end: int) -> float:
    """Return the cost of a label where label[start:end] may not be one word of it."""
    reading = read(label)
    if any((piece.start, piece.end) == (start, end) for piece in reading.best):
        return _cheapest(label, (start, end))[0][-1]
    return reading.before[-1]


def _cheapest(
    label: str, forbidden: tuple[int, int] | None = None, backwards: bool = False
) -> tuple[list[float], list[Piece]]:
    zipf = read_words().zipf
    size = len(label)
    costs, reached = [0.0] * (size + 1), [0] * (size + 1)
    border = 0  # where the part between hyphens began, counted in the direction of reading
    for at in range(1, size + 1):
        letter = label[size - at] if backwards else label[at - 1]
        cheapest, source = costs[at - 1] + _LETTER_COST.get(letter, UNKNOWN_LETTER), at - 1
        if letter == "-":
            border = at
        else:
            for other in range(max(border, at - LONGEST), at - 1):
                span = (size - at, size - other) if backwards else (other, at)
                value = zipf.get(label[span[0] : span[1]])
                if value is not None and costs[other] + MOST - value < cheapest and span != forbidden:
                    cheapest, source = costs[other] + MOST - value, other
        costs[at], reached[at] = cheapest, source
    if backwards:
        return costs[::-1], []
    return costs, _pieces(label, reached, zipf)


def _pieces(label: str, reached: list[int], zipf: Mapping[str, float]) -> list[Piece]:
    pieces, end = [], len(label)
    while end > 0:
        start = reached[end]
        pieces.append(Piece(start, end, zipf.get(label[start:end], 0.0) if end - start > 1 else 0.0))
        end = start
    return pieces[::-1]
