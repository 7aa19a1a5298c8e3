"""A (label, brand) pair as arrays: characters of the name, their alignment to the brand, and lexical features.

The arrays of `count` pairs, T = LENGTH:
- `letters`, int32 [count, T]: the name's characters as numbers, 0 on the right where the name has ended
- `aligned`, int32 [count, T]: the brand's character each of them stands for, 0 for none
- `channels`, float32 [count, T, len(CHANNELS)]: what the alignment says of each character
- `features`, float32 [count, len(FEATURES)]: what the pair as a whole looks like
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from squatwatch_ml.pair.features import FEATURES, pair_features
from squatwatch_ml.pair.match import Match, Pair, nearest
from squatwatch_ml.pair.shown import as_shown
from squatwatch_ml.text.keywords import KEYWORDS, LURES
from squatwatch_ml.text.skeleton import fold, without_marks
from squatwatch_ml.text.words import read, zipf_shares

Numbers = NDArray[np.int32]
Floats = NDArray[np.float32]

LENGTH = 40
UNKNOWN = "?"  # a character that looks like none of the others
ALPHABET = string.ascii_lowercase + string.digits + "-." + UNKNOWN
CHANNELS = (
    "in_span", "same", "looks_same", "replaced", "extra", "missing_before", "not_ascii", "part_starts", "part_ends",
    "brand_position", "word", "word_starts", "lure", "keyword",
)  # fmt: skip

BEGINS, KEYWORD, LURE = 1, 2, 4  # marks of characters: a word begins here, it is a keyword, it is a lure
HYPHEN, LAST_ASCII = ord("-"), 127

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
    return encode_pairs(nearest(label, brand) for label, brand in zip(labels, brands, strict=True))


def encode_pairs(pairs: Iterable[Pair]) -> Encoded:
    """Return the same for pairs whose matches are known."""
    windows, alignment = _Windows([], [], [], [], []), _Alignment([], [], [], [])
    features: list[tuple[float, ...]] = []
    for row, pair in enumerate(map(as_shown, pairs)):  # a pair at a time, since all of this reads its label as words
        window = _window(pair)
        _add_characters(pair, window, windows)
        _add_alignment(pair, window, row * LENGTH, alignment)
        features.append(pair_features(pair))
    count = len(features)
    letters, aligned = np.zeros((2, count, LENGTH), np.int32)
    channels = np.zeros((count, LENGTH, len(CHANNELS)), np.float32)
    _fill_characters(windows, letters, channels)
    _fill_alignment(alignment, aligned.reshape(-1), channels.reshape(-1, len(CHANNELS)))
    clipped = np.clip(np.array(features, np.float32).reshape(count, len(FEATURES)), 0, 2)
    return Encoded(letters, aligned, channels, clipped)


def _window(pair: Pair) -> slice:
    """Return the part of the label that the row has place for; of a longer one, what is around the span."""
    size = len(pair.label or UNKNOWN)  # the fused kernel takes no empty row
    first = max(0, min(pair.match.start - LENGTH // 4, size - LENGTH))
    return slice(first, min(first + LENGTH, size))


class _Windows(NamedTuple):
    """The characters of many pairs, one pair's after the other's.

    `texts`: of each pair its window with a character more on either side, a hyphen where the label ends. `starts`,
    `ends`: of the spans, in the windows. `zipfs`, `marks`: of each character in a window, of the word that it is of.
    """

    texts: list[str]
    starts: list[int]
    ends: list[int]
    zipfs: list[float]
    marks: list[bytes]


def _add_characters(pair: Pair, window: slice, windows: _Windows) -> None:
    label, match = pair.label or UNKNOWN, pair.match
    zipfs, marks, places = _words(without_marks(label))
    if match.distance == 0 and (match.start, match.end) in places:  # a famous name is no ordinary word
        zipfs = [*zipfs[: match.start], *[0.0] * (match.end - match.start), *zipfs[match.end :]]
    windows.texts.append(f"-{label}-"[window.start : window.stop + 2])
    windows.starts.append(match.start - window.start)
    windows.ends.append(match.end - window.start)
    windows.zipfs.extend(zipfs[window])
    windows.marks.append(marks[window])


class _Words(NamedTuple):
    """The words of a label: of each character the Zipf value of its word and its marks, and where each word stands."""

    zipfs: list[float]
    marks: bytes
    places: frozenset[tuple[int, int]]


@lru_cache(maxsize=100)  # a name's pairs come one after the other
def _words(plain: str) -> _Words:
    zipfs: list[float] = []
    marks = bytearray()
    pieces = read(plain).best
    for start, end, zipf in pieces:
        word, size = plain[start:end], end - start
        mark = KEYWORD * (word in _KEYWORDS) | LURE * (word in _LURES)
        zipfs += [zipf] * size
        marks += bytes([mark | BEGINS] + [mark] * (size - 1))
    return _Words(zipfs, bytes(marks), frozenset((start, end) for start, end, _ in pieces))


def _fill_characters(windows: _Windows, letters: Numbers, channels: Floats) -> None:
    """Fill in what is known of each character by itself, by its place and neighbours, and by its word."""
    sizes, starts, ends = (
        np.array(numbers, np.int64)[:, None] for numbers in ([*map(len, windows.texts)], windows.starts, windows.ends)
    )
    places = np.arange(LENGTH + 2)
    points = np.zeros((len(sizes), LENGTH + 2), np.uint32)
    points[places < sizes] = _code_points("".join(windows.texts))
    before, here, after = points[:, :-2], points[:, 1:-1], points[:, 2:]
    places = places[:-2]
    is_filled = places < sizes - 2
    letters[is_filled] = _numbers(here[is_filled])
    marks = np.frombuffer(b"".join(windows.marks), np.uint8)
    for channel, values in {
        "in_span": ((places >= starts) & (places < ends))[is_filled],
        "not_ascii": here[is_filled] > LAST_ASCII,
        "part_starts": before[is_filled] == HYPHEN,
        "part_ends": after[is_filled] == HYPHEN,
        "word": zipf_shares(np.array(windows.zipfs, np.float64)),
        "word_starts": marks & BEGINS > 0,
        "keyword": marks & KEYWORD > 0,
        "lure": marks & LURE > 0,
    }.items():
        channels[:, :, _AT[channel]][is_filled] = values


class _Alignment(NamedTuple):
    """The alignment of many pairs: which `cells` of the channels are 1, all cells of a character after one another.

    `partners`: the characters that stand for a letter of a brand; `letters`: for which, and `positions`: of it there.
    """

    cells: list[int]
    partners: list[int]
    letters: list[int]
    positions: list[float]


def _add_alignment(pair: Pair, window: slice, row: int, alignment: _Alignment) -> None:
    """Add a pair, whose characters begin with the number `row`."""
    label, _, match = pair
    if match.is_reorder or not match.span:
        return
    starts, ends = match.view.starts, match.view.ends
    first, size, last = window.start, window.stop - window.start, match.first + len(match.span) - 1
    letters, positions = _brand_letters(match.target)
    for span_at, brand_at, channel in _steps(label, match):
        place = min(match.first + span_at, last)
        for at in range(max(0, starts[place] - first), min(size, ends[place] - first)):
            alignment.cells.append((row + at) * len(CHANNELS) + channel)
            if brand_at is not None:
                alignment.partners.append(row + at)
                alignment.letters.append(letters[brand_at])
                alignment.positions.append(positions[brand_at])


def _fill_alignment(alignment: _Alignment, aligned: Numbers, channels: Floats) -> None:
    channels.reshape(-1)[alignment.cells] = 1
    aligned[alignment.partners] = alignment.letters
    channels[alignment.partners, _AT["brand_position"]] = alignment.positions


def _steps(label: str, match: Match) -> Iterator[tuple[int, int | None, int]]:
    """Yield each step of the alignment: position in the span, in the brand (None for no partner), and the channel."""
    view, pieces = match.view, match.pieces
    for step in Levenshtein.opcodes(match.span, match.target):
        tag, span_from, brand_from = step.tag, step.src_start, step.dest_start
        if tag == "insert":
            yield span_from, None, _AT["missing_before"]
            continue
        for offset in range(step.src_end - span_from):
            span_at, brand_at = span_from + offset, brand_from + offset
            if tag == "delete":
                yield span_at, None, _AT["extra"]
            elif tag == "replace":
                yield span_at, brand_at, _AT["replaced"]
            else:
                at = match.first + span_at
                is_same = label[view.starts[at] : view.ends[at]] == pieces[brand_at]
                yield span_at, brand_at, _AT["same" if is_same else "looks_same"]


@lru_cache(maxsize=10_000)  # brands: a server is asked about any
def _brand_letters(target: str) -> tuple[list[int], list[float]]:
    """Return the numbers of a brand's letters, and their positions, of which the last is 1."""
    return list(map(_number, target)), [(at + 1) / len(target) for at in range(len(target))]


def _numbers(points: NDArray[np.uint32]) -> Numbers:
    """Return the numbers of characters, given as code points."""
    numbers = _NUMBERS_OF_ASCII[np.minimum(points, LAST_ASCII)]
    others = points > LAST_ASCII
    numbers[others] = [_number(chr(point)) for point in points[others].tolist()]
    return numbers


def _number(character: str) -> int:
    return _NUMBER.get(character) or _NUMBER.get(fold(character)[:1], _NUMBER[UNKNOWN])


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


_NUMBERS_OF_ASCII = np.array([_number(chr(point)) for point in range(LAST_ASCII + 1)], np.int32)
