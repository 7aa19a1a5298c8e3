"""What a (label, brand) pair looks like as a whole, as a short list of numbers between 0 and 2, most of them 0 to 1."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from squatwatch_ml.keywords import KEYWORDS, LEVELS
from squatwatch_ml.match import Match
from squatwatch_ml.skeleton import LOOK_LIKE_ASCII, fold

FEATURES = (
    "distance",  # edits between span and brand, over the brand's length
    "is_exact",  # the span looks like the brand
    "is_written",  # and is written like it
    "is_whole",  # nothing but the span and hyphens in the name
    "is_reorder",
    "starts_part",
    "ends_part",
    "starts_after_digit",
    "ends_before_digit",
    "digit_at_edge",  # the span begins or ends with a digit read as a letter, next to a digit outside
    "same_first",
    "same_last",
    "is_short_typo",  # edits weigh more in short brands: distance / (letters - 3)
    "part_distance",  # edits between the nearest whole part and the brand
    "similarity",  # partial_ratio
    "brand_length",
    "label_length",
    "span_share",
    "rest_length",
    "hyphens_inside",
    "hyphens_outside",
    "digits_outside",
    "not_ascii",
    "look_alikes",  # characters of the span that only look like the brand's
    "rest_keyword",  # share of what is beside the span that is keywords
    "rest_words",  # share of it that is common words
    "has_level",
    "covering_word",  # how common the commonest longer word over the span is in names
    "touching_word",  # same, for words that overlap the span's edge
    "span_word",  # same, for the span itself where it is not the brand
    "brand_word",  # same, for the brand
)
WORD_LENGTHS = range(4, 17)

_KEYWORDS = frozenset(map(fold, KEYWORDS))
_LEVELS = frozenset(map(fold, LEVELS))


def pair_features(label: str, brand: str, match: Match, words: Mapping[str, float]) -> np.ndarray:
    """The numbers named in FEATURES, float32. `words`: folded word to how common it is, 0 to 1."""
    text, first, last = match.view.text, match.first, match.first + len(match.span)
    written = label[match.start : match.end]
    before, after = label[: match.start], label[match.end :]
    rest = f"{before}-{after}".strip("-")
    size = max(len(match.target), 1)
    rest_letters = max(len(rest.replace("-", "")), 1)
    covering, touching = _words_over(text, first, last, words)
    parts = re.split(r"[-.]", fold(rest))
    values = (
        match.distance / size,
        match.distance == 0,
        written.replace("-", "") == "".join(match.pieces),
        not rest,
        match.is_reorder,
        match.starts_part,
        match.ends_part,
        before[-1:].isdigit(),
        after[:1].isdigit(),
        (before[-1:] + written[:1]).isdigit() * bool(before) or (written[-1:] + after[:1]).isdigit() * bool(after),
        match.span[:1] == match.target[:1],
        match.span[-1:] == match.target[-1:],
        min(match.distance / max(size - 3, 1), 1.5),
        min(min(OSA.distance(part, match.target) for part in text.split("-")) / size, 1.5),
        fuzz.partial_ratio(match.span, match.target) / 100,
        size / 15,
        len(label) / 40,
        len(written) / max(len(label), 1),
        len(rest) / 20,
        written.count("-") / 3,
        rest.count("-") / 3,
        sum(character.isdigit() for character in rest) / rest_letters,
        not label.isascii(),
        _look_alikes(written, match) / size,
        _share(parts, _KEYWORDS, rest_letters),
        _share(parts, words, rest_letters),
        any(part in _LEVELS for part in parts) or (not before and fold(after) == "com") or before == "www",
        covering,
        touching,
        words.get(match.span, 0) if match.distance or match.is_reorder else 0,
        words.get(match.target, 0),
    )
    return np.clip(np.array(values, np.float32), 0, 2)


def _words_over(text: str, first: int, last: int, words: Mapping[str, float]) -> tuple[float, float]:
    """How common the commonest word is that contains text[first:last] and more; and that overlaps one of its edges."""
    left = text.rfind("-", 0, first) + 1
    right = text.find("-", last)
    right = len(text) if right < 0 else right
    covering = touching = 0.0
    for start in range(left, last):
        for end in range(max(first + 1, start + WORD_LENGTHS.start), min(right, start + WORD_LENGTHS.stop - 1) + 1):
            if start >= first and end <= last:
                continue
            common = words.get(text[start:end], 0)
            if start <= first and end >= last:
                covering = max(covering, common)
            else:
                touching = max(touching, common)
    return covering, touching


def _look_alikes(written: str, match: Match) -> int:
    letters = "".join(match.pieces)
    return sum(
        character not in letters and (not character.isascii() or character in LOOK_LIKE_ASCII)
        for character in written
        if character != "-"
    )


def _share(parts: list[str], words: Mapping[str, float] | frozenset[str], letters: int) -> float:
    """Share of the letters of `parts` covered by known words, the longest first from the left."""
    covered = 0
    for part in parts:
        at = 0
        while at < len(part):
            size = next((n for n in range(min(len(part) - at, 16), 1, -1) if part[at : at + n] in words), 0)
            covered += size
            at += size or 1
    return min(covered / letters, 1)
