"""A (label, brand) pair as arrays: characters of the name, their alignment to the brand, and lexical features.

The arrays of `count` pairs, T = LENGTH:
- `letters`, int32 [count, T]: the name's characters as numbers, 0 on the right where the name has ended
- `aligned`, int32 [count, T]: the brand's character each of them stands for, 0 for none
- `channels`, float32 [count, T, len(CHANNELS)]: what the alignment says of each character
- `features`, float32 [count, len(FEATURES)]: what the pair as a whole looks like
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from squatwatch_ml.pair.features import FEATURES, pair_features
from squatwatch_ml.pair.match import Match, Pair, nearest
from squatwatch_ml.pair.shown import as_shown
from squatwatch_ml.text.keywords import KEYWORDS, LURES
from squatwatch_ml.text.skeleton import fold, without_marks
from squatwatch_ml.text.words import read, zipf_share

Numbers = NDArray[np.int32]
Floats = NDArray[np.float32]

LENGTH = 40
UNKNOWN = "?"  # a character that looks like none of the others
ALPHABET = string.ascii_lowercase + string.digits + "-." + UNKNOWN
CHANNELS = (
    "in_span", "same", "looks_same", "replaced", "extra", "missing_before", "not_ascii", "part_starts", "part_ends",
    "brand_position", "word", "word_starts", "lure", "keyword",
)  # fmt: skip

_LURES, _KEYWORDS = frozenset(LURES), frozenset(KEYWORDS)
_NUMBER = {character: at for at, character in enumerate(ALPHABET, start=1)}
_AT = {channel: at for at, channel in enumerate(CHANNELS)}


class Encoded(NamedTuple):
    """Pairs as arrays, see above."""

    letters: NDArray[np.int32]
    aligned: NDArray[np.int32]
    channels: NDArray[np.float32]
    features: NDArray[np.float32]

    def take(self, rows: NDArray[np.int64] | slice) -> Encoded:
        """Return some of the pairs."""
        return Encoded(self.letters[rows], self.aligned[rows], self.channels[rows], self.features[rows])


def encode(labels: Sequence[str], brands: Sequence[str]) -> Encoded:
    """Return the arrays of the pairs labels[i], brands[i]; a brand counts in the spelling nearest to the label.

    Raises ValueError where the two have different lengths. Any string can be encoded, the empty one too.
    """
    return encode_pairs([nearest(label, brand) for label, brand in zip(labels, brands, strict=True)])


def encode_pairs(pairs: Sequence[Pair]) -> Encoded:
    """Return the same for pairs whose matches are known."""
    count = len(pairs)
    letters = np.zeros((count, LENGTH), np.int32)
    aligned = np.zeros((count, LENGTH), np.int32)
    channels = np.zeros((count, LENGTH, len(CHANNELS)), np.float32)
    features = []
    for row, pair in enumerate(map(as_shown, pairs)):
        _encode_letters(pair.label, pair.match, letters[row], aligned[row], channels[row])
        features.append(pair_features(pair))
    clipped = np.clip(np.array(features, np.float32).reshape(count, len(FEATURES)), 0, 2)
    return Encoded(letters, aligned, channels, clipped)


def _encode_letters(label: str, match: Match, letters: Numbers, aligned: Numbers, channels: Floats) -> None:
    """Fill one row. Of a name longer than the row, the part around the span is kept."""
    label = label or UNKNOWN  # the fused kernel takes no empty row
    first = max(0, min(match.start - LENGTH // 4, len(label) - LENGTH))
    window = label[first : first + LENGTH]
    size = len(window)
    letters[:size] = [_number(character) for character in window]
    if not window.isascii():
        channels[:size, _AT["not_ascii"]] = [not character.isascii() for character in window]
    for edge in (-1, *(place for place, character in enumerate(label) if character == "-"), len(label)):
        if 0 <= (at := edge + 1 - first) < size:
            channels[at, _AT["part_starts"]] = 1
        if 0 <= (at := edge - 1 - first) < size:
            channels[at, _AT["part_ends"]] = 1
    channels[max(match.start - first, 0) : min(match.end - first, size), _AT["in_span"]] = 1
    _mark_words(label, match, first, size, channels)
    if not match.is_reorder:
        _align(label, match, first, size, aligned, channels)


def _mark_words(label: str, match: Match, first: int, length: int, channels: Floats) -> None:
    """Mark, for each character, how common the word is that it belongs to, and where words begin.

    The brand itself is not marked as common: a famous name is no ordinary word.
    """
    plain = without_marks(label)
    for start, end, zipf in read(plain).best:
        here = slice(max(start - first, 0), min(end - first, length))
        if here.start >= here.stop:
            continue
        if start >= first:
            channels[start - first, _AT["word_starts"]] = 1
        is_brand = match.distance == 0 and (start, end) == (match.start, match.end)
        if zipf and not is_brand:
            channels[here, _AT["word"]] = zipf_share(zipf)
        if plain[start:end] in _KEYWORDS:
            channels[here, _AT["keyword"]] = 1
            channels[here, _AT["lure"]] = plain[start:end] in _LURES


def _align(label: str, match: Match, first: int, length: int, aligned: Numbers, channels: Floats) -> None:
    view, target = match.view, match.target
    for span_at, brand_at, kind in _steps(label, match):
        place = match.first + min(span_at, len(match.span) - 1)
        for at in range(max(0, view.starts[place] - first), min(length, view.ends[place] - first)):
            channels[at, _AT[kind]] = 1
            if brand_at is not None:
                aligned[at] = _number(target[brand_at])
                channels[at, _AT["brand_position"]] = (brand_at + 1) / len(target)


def _steps(label: str, match: Match) -> Iterator[tuple[int, int | None, str]]:
    """Yield each step of the alignment: position in the span, in the brand (None for no partner), and the channel."""
    if not match.span:
        return
    for step in Levenshtein.opcodes(match.span, match.target):
        tag, span_from, span_to, brand_from = step.tag, step.src_start, step.src_end, step.dest_start
        if tag == "insert":
            yield span_from, None, "missing_before"
            continue
        for offset in range(span_to - span_from):
            at = match.first + span_from + offset
            written = label[match.view.starts[at] : match.view.ends[at]]
            if tag == "delete":
                yield span_from + offset, None, "extra"
            elif tag == "replace":
                yield span_from + offset, brand_from + offset, "replaced"
            else:
                kind = "same" if written == match.pieces[brand_from + offset] else "looks_same"
                yield span_from + offset, brand_from + offset, kind


def _number(character: str) -> int:
    return _NUMBER.get(character) or _NUMBER.get(fold(character)[:1], _NUMBER[UNKNOWN])
