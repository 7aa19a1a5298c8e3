"""An inverted index of letter pairs: for many names and many targets at once, the pairs with letters in common.

A string that k edits change keeps most of its pairs of neighbouring letters (q-grams, Ukkonen 1992), so names that
share fewer than two with a target need no closer look. The beginning and the end of a part count as a letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse

LEAST_SHARED = 2  # letter pairs
LONGEST = 128  # characters of a name that are read; a registered label has 63
OTHER = 0  # the code of every character that no target has


class Texts(NamedTuple):
    """Names without their hyphens, as codes: one row a name, padded with OTHER to the longest."""

    letters: np.ndarray  # (names, letters) uint8, or wider for many scripts
    starts: np.ndarray  # (names, letters) bool: a part between hyphens starts with this letter
    ends: np.ndarray  # (names, letters) bool: a part ends with it
    lengths: np.ndarray  # (names,) int64


class Alphabet:
    """Codes for the characters of the targets, 1 for the first; all others are OTHER."""

    def __init__(self, targets: Sequence[str]):
        characters = np.unique(_characters(targets))
        self.size = len(characters) + 2
        self.border = self.size - 1
        self._codes = np.zeros(0x110000, np.min_scalar_type(self.size))
        self._codes[characters] = np.arange(1, len(characters) + 1)

    def read(self, names: Sequence[str]) -> Texts:
        names = [name[:LONGEST] for name in names]
        sizes = np.fromiter(map(len, names), np.int64, len(names))
        characters, rows = _characters(names), np.repeat(np.arange(len(names)), sizes)
        is_letter = characters != ord("-")
        same_row = rows[1:] == rows[:-1]
        starts, ends = np.ones((2, len(rows)), bool)
        starts[1:] = ~(same_row & is_letter[:-1])
        ends[:-1] = ~(same_row & is_letter[1:])

        rows = rows[is_letter]
        lengths = np.bincount(rows, minlength=len(names))
        columns = np.arange(len(rows)) - np.repeat(lengths.cumsum() - lengths, lengths)
        shape = (len(names), int(lengths.max(initial=1)))
        texts = Texts(np.zeros(shape, self._codes.dtype), np.zeros(shape, bool), np.zeros(shape, bool), lengths)
        texts.letters[rows, columns] = self._codes[characters[is_letter]]
        texts.starts[rows, columns] = starts[is_letter]
        texts.ends[rows, columns] = ends[is_letter]
        return texts


class Index:
    """The targets by their letter pairs."""

    def __init__(self, targets: Texts, alphabet: Alphabet):
        self._alphabet = alphabet
        self.size = len(targets.lengths)
        rows, grams = _grams(targets, alphabet)
        self._known = np.unique(grams)
        columns = np.searchsorted(self._known, grams)
        self._by_gram = _incidence(rows, columns, (self.size, len(self._known))).T.tocsr()

    def sharing(self, names: Texts) -> tuple[np.ndarray, np.ndarray]:
        """Indices (int32) of the names and of the targets that share LEAST_SHARED different letter pairs or more."""
        rows, grams = _grams(names, self._alphabet)
        columns = np.searchsorted(self._known, grams)
        columns[columns == len(self._known)] = 0
        is_known = self._known[columns] == grams
        shape = (len(names.lengths), len(self._known))
        shared = _incidence(rows[is_known], columns[is_known], shape) @ self._by_gram
        enough = shared.data >= LEAST_SHARED
        rows = np.repeat(np.arange(shape[0], dtype=np.int32), np.diff(shared.indptr))
        return rows[enough], shared.indices[enough]


def _grams(texts: Texts, alphabet: Alphabet) -> tuple[np.ndarray, np.ndarray]:
    """Row and number of every letter pair, borders of parts included. Pairs with an OTHER are left out."""
    letters = texts.letters.astype(np.int64)
    pairs = [
        (alphabet.border * texts.starts, letters),
        (letters[:, :-1], letters[:, 1:]),
        (letters, alphabet.border * texts.ends),
    ]
    rows, grams = [], []
    for first, second in pairs:
        row, column = np.nonzero((first != OTHER) & (second != OTHER))
        rows.append(row)
        grams.append(first[row, column] * alphabet.size + second[row, column])
    return np.concatenate(rows), np.concatenate(grams)


def _incidence(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> sparse.csr_array:
    table = sparse.csr_array((np.ones(len(rows), np.uint8), (rows, columns)), shape=shape)  # sums what is there twice
    table.data[:] = 1
    return table


def _characters(texts: Sequence[str]) -> np.ndarray:
    return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
