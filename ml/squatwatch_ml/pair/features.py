"""Features of a (label, brand) pair as a whole: a short list of numbers between 0 and 2, most of them 0 to 1.

Four kinds of evidence, one function each: how near the span comes to the brand, where it stands, what is beside it, and
what the same letters say as ordinary words.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from squatwatch_ml.pair.match import Match, Pair
from squatwatch_ml.text.keywords import KEYWORDS, LEVELS, LURES
from squatwatch_ml.text.skeleton import LOOK_LIKE_ASCII, fold, without_marks
from squatwatch_ml.text.word_packages import LANGUAGE_COUNT
from squatwatch_ml.text.words import (
    UNKNOWN_LETTER,
    Reading,
    commonness,
    is_dictionary_word,
    language_count,
    read,
    zipf_share,
)

RESEMBLANCE = (
    "distance",  # edits between span and brand, over the brand's length
    "is_exact",  # the span looks like the brand
    "is_written",  # and is written like it
    "is_reorder",
    "same_first",
    "same_last",
    "is_short_typo",  # edits weigh more in short brands: distance / (letters - 3)
    "part_distance",  # edits between the nearest whole part and the brand
    "similarity",  # partial_ratio
    "hyphens_inside",
    "not_ascii",
    "look_alikes",  # characters of the span that only look like the brand's
)
PLACEMENT = (
    "is_whole",  # nothing but the span and hyphens in the name
    "starts_part",
    "ends_part",
    "starts_after_digit",
    "ends_before_digit",
    "digit_at_edge",  # the span begins or ends with a digit read as a letter, next to a digit outside
    "brand_length",
    "label_length",
    "span_share",
)
SURROUNDINGS = (
    "rest_length",
    "hyphens_outside",
    "digits_outside",
    "rest_lure",  # share of what is beside the span that is sign-in, support, payment and the like
    "rest_keyword",  # same, for keywords of all kinds
    "rest_words",  # share of it that reads as words of three letters or more
    "rest_word_count",
    "rest_commonness",  # of its words, on average
    "before_cost",  # per letter, how unlike words what stands before the span is
    "after_cost",
    "has_level",
)
WORDS = (
    "reads_without",  # how much dearer the name reads where the brand in it is not one word, per letter of the brand
    "typo_reads",  # same, for a span that is not the brand as written
    "covering_word",  # how common the commonest longer word over the span is
    "touching_word",  # same, for words that overlap the span's edge
    "part_word",  # same, for the whole part that the span stands in, where it is not the brand
    "span_word",  # same, for the span itself where it is not the brand
    "span_languages",  # share of languages in which that is a word
    "brand_is_word",  # in a dictionary. How common it is would count against famous brands: that was tried
    "brand_cost",  # per letter, how unlike words the brand is where it is not a word itself: little for `sportsbet`
)
FEATURES = RESEMBLANCE + PLACEMENT + SURROUNDINGS + WORDS

SHORTEST_COVERING = 4  # letters of a longer word over the span
READABLE = 3  # letters: shorter pieces are no words

LONGEST_KEYWORD = 16  # letters of what counts
_LEVELS = frozenset(map(fold, LEVELS))


class _Taken(NamedTuple):
    """A pair taken apart: `plain` is the label without marks, `written` the span in it, `size` letters of the brand.

    `before`, `after`, `rest`: the label beside the span, in two pieces and in one.
    """

    label: str
    brand: str
    match: Match
    plain: str
    reading: Reading
    before: str
    written: str
    after: str
    rest: str
    size: int


def pair_features(pair: Pair) -> tuple[float, ...]:
    """Return the numbers named in FEATURES; some are above 2 before they are clipped to 0 to 2."""
    label, brand, match = pair
    before, written, after = label[: match.start], label[match.start : match.end], label[match.end :]
    rest = f"{before}-{after}".strip("-")
    plain = without_marks(label)
    size = max(len(match.target), 1)
    taken = _Taken(label, brand, match, plain, read(plain), before, written, after, rest, size)
    return (*_resemblance(taken), *_placement(taken), *_surroundings(taken), *_words(taken))


def _resemblance(pair: _Taken) -> tuple[float, ...]:
    match, size = pair.match, pair.size
    return (
        match.distance / size,
        match.distance == 0,
        pair.written.replace("-", "") == "".join(match.pieces),
        match.is_reorder,
        match.span[:1] == match.target[:1],
        match.span[-1:] == match.target[-1:],
        min(match.distance / max(size - 3, 1), 1.5),
        min(min(OSA.distance(part, match.target) for part in match.view.text.split("-")) / size, 1.5),
        fuzz.partial_ratio(match.span, match.target) / 100,
        pair.written.count("-") / 3,
        not pair.label.isascii(),
        _look_alikes(pair.written, match) / size,
    )


def _placement(pair: _Taken) -> tuple[float, ...]:
    before, written, after = pair.before, pair.written, pair.after
    return (
        not pair.rest,
        pair.match.starts_part,
        pair.match.ends_part,
        before[-1:].isdigit(),
        after[:1].isdigit(),
        (before[-1:] + written[:1]).isdigit() * bool(before) or (written[-1:] + after[:1]).isdigit() * bool(after),
        pair.size / 15,
        len(pair.label) / 40,
        len(written) / max(len(pair.label), 1),
    )


def _surroundings(pair: _Taken) -> tuple[float, ...]:
    rest, reading, start, end = pair.rest, pair.reading, pair.match.start, pair.match.end
    letters = max(len(rest.replace("-", "")), 1)
    parts = fold(rest).replace(".", "-").split("-")
    in_lures, in_keywords = zip(*map(_covered, parts), strict=True)
    beside = [*reading.best_before(start), *reading.best_after(end)]
    words = [piece for piece in beside if piece.zipf and piece.end - piece.start >= READABLE]
    has_level = not _LEVELS.isdisjoint(parts) or (not pair.before and fold(pair.after) == "com")
    return (
        len(rest) / 20,
        rest.count("-") / 3,
        sum(map(str.isdigit, rest)) / letters,
        min(sum(in_lures) / letters, 1),
        min(sum(in_keywords) / letters, 1),
        min(sum(piece.end - piece.start for piece in words) / letters, 1),
        len(words) / 4,
        zipf_share(sum(piece.zipf for piece in words) / max(len(words), 1)),
        reading.before[start] / max(start, 1) / UNKNOWN_LETTER,
        reading.after[end] / max(len(pair.label) - end, 1) / UNKNOWN_LETTER,
        has_level or pair.before == "www",
    )


def _words(pair: _Taken) -> tuple[float, ...]:
    plain, brand, size, reading = pair.plain, pair.brand, pair.size, pair.reading
    start, end = pair.match.start, pair.match.end
    reads = (reading.cost_without(start, end) - reading.before[start] - reading.after[end]) / size
    is_named = pair.match.distance == 0 and not pair.match.is_reorder
    span = plain[start:end].replace("-", "")
    part = plain[plain.rfind("-", 0, start) + 1 :].split("-")[0]
    covering, touching = _words_over(reading, start, end)
    is_word, cost_as_no_word = _brand_as_word(brand)
    return (
        reads if is_named else 0,
        0 if is_named else reads,
        covering,
        touching,
        0 if part == brand else commonness(part),
        0 if is_named else commonness(span),
        0 if is_named else language_count(span) / LANGUAGE_COUNT,
        is_word,
        cost_as_no_word / size / UNKNOWN_LETTER,
    )


@lru_cache(maxsize=10_000)  # brands: a server is asked about any
def _brand_as_word(brand: str) -> tuple[bool, float]:
    """Tell whether a brand is a word of a dictionary, and return what it costs to read it where it may be no word."""
    return is_dictionary_word(brand), read(brand).cost_without(0, len(brand))


def _words_over(reading: Reading, start: int, end: int) -> tuple[float, float]:
    """Return how common the commonest word is that contains the span and more, and that overlaps one of its edges."""
    covering = touching = 0.0
    for begin in range(end):
        for stop, zipf in reading.words[begin]:
            if stop <= start or stop - begin < SHORTEST_COVERING or (begin >= start and stop <= end):
                continue
            if begin <= start and stop >= end:
                covering = max(covering, zipf)
            else:
                touching = max(touching, zipf)
    return zipf_share(covering), zipf_share(touching)


def _look_alikes(written: str, match: Match) -> int:
    letters = "".join(match.pieces)
    return sum(
        character not in letters and (not character.isascii() or character in LOOK_LIKE_ASCII)
        for character in written
        if character != "-"
    )


class _Vocabulary:
    """Words, and of each two first letters how long the words are that begin so, the longest first."""

    def __init__(self, words: Iterable[str]):
        self._words = frozenset(word for word in map(fold, words) if len(word) <= LONGEST_KEYWORD)
        self._sizes: dict[str, list[int]] = {}
        for beginning in {word[:2] for word in self._words}:
            sizes = {len(word) for word in self._words if word[:2] == beginning}
            self._sizes[beginning] = sorted(sizes, reverse=True)

    def letters_in(self, part: str) -> int:
        """Return how many letters of the text words cover, the longest first from the left."""
        covered = at = 0
        while at < len(part):
            step = 1
            for size in self._sizes.get(part[at : at + 2], ()):
                if size <= len(part) - at and part[at : at + size] in self._words:
                    covered += size
                    step = size
                    break
            at += step
        return covered


_LURES, _KEYWORDS = _Vocabulary(LURES), _Vocabulary(KEYWORDS)


@lru_cache(maxsize=50_000)
def _covered(part: str) -> tuple[int, int]:
    """Return how many letters of the text are covered by lures, and by keywords, of which lures are some."""
    in_keywords = _KEYWORDS.letters_in(part)
    return (_LURES.letters_in(part) if in_keywords else 0), in_keywords
