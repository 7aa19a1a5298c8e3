"""Counts, runs and entropy of the characters of many labels at once: code points in one array, one after the other.

A label's characters stand side by side in it, so a run of them is a stretch between two places where something changes,
and what is counted of a label is counted by the number of its row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

VOWELS, CONSONANTS, DIGITS = "aeiou", "bcdfghjklmnpqrstvwxyz", "0123456789"

Counts = NDArray[np.int64]


class CharacterCounts(NamedTuple):
    """Counts of characters, one array [labels] each; a run is of neighbours, `longest_run` of one character."""

    length: Counts
    vowel_count: Counts
    digit_count: Counts
    hyphen_count: Counts
    longest_run: Counts
    longest_consonant_run: Counts
    longest_digit_run: Counts
    entropy: NDArray[np.float64]  # of a character, in bits


def count_characters(labels: Sequence[str]) -> CharacterCounts:
    """Count the characters of labels in lower case."""
    length = np.fromiter(map(len, labels), np.int64, len(labels))
    rows = np.repeat(np.arange(len(labels)), length)
    characters = np.frombuffer("".join(labels).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    in_ascii = np.minimum(characters, 127)  # all that is not counts as the last of ASCII, which is none of these kinds
    vowels, consonants, digits, hyphens = (
        np.isin(np.arange(128), list(map(ord, kind)))[in_ascii] for kind in (VOWELS, CONSONANTS, DIGITS, "-")
    )
    count = len(labels)
    return CharacterCounts(
        length=length,
        vowel_count=_per_row(rows[vowels], count),
        digit_count=_per_row(rows[digits], count),
        hyphen_count=_per_row(rows[hyphens], count),
        longest_run=_longest_run(characters, rows, count),
        longest_consonant_run=_longest_run(consonants.astype(np.int64), rows, count),
        longest_digit_run=_longest_run(digits.astype(np.int64), rows, count),
        entropy=_entropy(characters, rows, length),
    )


def _per_row(rows: Counts, count: int) -> Counts:
    return np.asarray(np.bincount(rows, minlength=count), np.int64)


def _longest_run(keys: Counts, rows: Counts, count: int) -> Counts:
    """Return the most neighbours of a row that have the same key, other than 0."""
    longest = np.zeros(count, np.int64)
    starts, lengths = _stretches(keys, rows)
    is_run = keys[starts] != 0
    np.maximum.at(longest, rows[starts[is_run]], lengths[is_run])
    return longest


def _entropy(characters: Counts, rows: Counts, length: Counts) -> NDArray[np.float64]:
    """Return Shannon's entropy of each row's characters."""
    ordered = np.sort(rows << 21 | characters)  # code points have 21 bits
    starts, counts = _stretches(ordered)
    of_row = ordered[starts] >> 21
    shares = counts / length[of_row]
    bits = np.bincount(of_row, shares * np.log2(length[of_row] / counts), len(length))
    return np.asarray(bits, np.float64)  # of no rows bincount gives integers


def _stretches(*keys: Counts) -> tuple[Counts, Counts]:
    """Return where stretches of equal keys begin, and how long they are."""
    size = len(keys[0])
    changes = np.ones(size, bool)
    changes[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    starts = np.flatnonzero(changes)
    return starts, np.diff(starts, append=size)
