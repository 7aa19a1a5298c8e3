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
from squatwatch_ml.pair.match import Match, nearest_spelling
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
    count = len(labels)
    encoded = Encoded(
        np.zeros((count, LENGTH), np.int32),
        np.zeros((count, LENGTH), np.int32),
        np.zeros((count, LENGTH, len(CHANNELS)), np.float32),
        np.zeros((count, len(FEATURES)), np.float32),
    )
    for row, (label, brand) in enumerate(zip(labels, brands, strict=True)):
        label = label.lower()
        spelling, match = nearest_spelling(label, brand)
        _encode_letters(label, match, encoded.letters[row], encoded.aligned[row], encoded.channels[row])
        encoded.features[row] = pair_features(label, spelling, match)
    return encoded


def _encode_letters(label: str, match: Match, letters: Numbers, aligned: Numbers, channels: Floats) -> None:
    """Fill one row. Of a name longer than the row, the part around the span is kept."""
    label = label or UNKNOWN  # the fused kernel takes no empty row
    first = max(0, min(match.start - LENGTH // 4, len(label) - LENGTH))
    window = label[first : first + LENGTH]
    numbers = [_number(character) for character in window]
    letters[: len(window)] = numbers
    for at, character in enumerate(window):
        place = first + at
        channels[at, _AT["not_ascii"]] = not character.isascii()
        channels[at, _AT["part_starts"]] = place == 0 or label[place - 1] == "-"
        channels[at, _AT["part_ends"]] = place + 1 == len(label) or label[place + 1] == "-"
        channels[at, _AT["in_span"]] = match.start <= place < match.end
    _mark_words(label, match, first, len(window), channels)
    if not match.is_reorder:
        _align(label, match, first, len(window), aligned, channels)


def _mark_words(label: str, match: Match, first: int, length: int, channels: Floats) -> None:
    """Mark, for each character, how common the word is that it belongs to, and where words begin.

    The brand itself is not marked as common: a famous name is no ordinary word.
    """
    plain = without_marks(label)
    for piece in read(plain).best:
        is_brand = match.distance == 0 and (piece.start, piece.end) == (match.start, match.end)
        for at in range(max(piece.start - first, 0), min(piece.end - first, length)):
            channels[at, _AT["word"]] = 0 if is_brand or not piece.zipf else zipf_share(piece.zipf)
            channels[at, _AT["word_starts"]] = at == piece.start - first
            channels[at, _AT["lure"]] = plain[piece.start : piece.end] in _LURES
            channels[at, _AT["keyword"]] = plain[piece.start : piece.end] in _KEYWORDS


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
