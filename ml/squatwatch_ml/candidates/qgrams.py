"""An inverted index of letter pairs: for many names and many targets at once, the pairs with letters in common.

Comparing every name with every target letter by letter would be some 150,000 x 1,000 tables a day. Most pairs have next
to nothing in common, and that can be seen without a table:

1. Each text becomes the set of its letter pairs (q-grams with q = 2), borders of parts counted as letters: `pay-pal`,
   read as `paypal` with two parts, has `^p pa ay y$ yp ^p pa al l$`.
2. One edit changes at most two neighbouring pairs, a swap three. So a span that is k edits from a target still shares
   all but some 2k of the target's pairs (the q-gram lemma, Ukkonen 1992), and a name that shares fewer than
   LEAST_SHARED of them needs no closer look. That is a weaker condition than the lemma's for long targets, on purpose:
   it costs little and loses only what `candidates.candidate_pairs` names.
3. Both sides are sparse 0/1 matrices (texts by letter pairs). Their product counts, for all pairs at once, how many
   different letter pairs they share: it visits, for each letter pair of a name, only the targets that have it.

Pairs that pass are measured exactly in `spans`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

LEAST_SHARED = 2  # letter pairs
LONGEST = 128  # characters of a name that are read; a registered label has 63
OTHER = 0  # the code of every character that no target has


class Texts(NamedTuple):
    """Names without their hyphens, as codes: one row a name, padded with OTHER to the longest."""

    letters: NDArray[np.unsignedinteger]  # [names, letters] uint8, or wider for many scripts
    starts: NDArray[np.bool_]  # [names, letters]: a part between hyphens starts with this letter
    ends: NDArray[np.bool_]  # [names, letters]: a part ends with it
    lengths: NDArray[np.int64]  # [names]


class Alphabet:
    """Codes for the characters of the targets, 1 for the first; all others are OTHER.

    `border` is the code that stands for the beginning and the end of a part.
    """

    def __init__(self, targets: Sequence[str]):
        characters = np.unique(_characters(targets))
        self.size = len(characters) + 2
        self.border = self.size - 1
        self._codes: NDArray[np.unsignedinteger] = np.zeros(0x110000, np.min_scalar_type(self.size))
        self._codes[characters] = np.arange(1, len(characters) + 1)

    def read(self, names: Sequence[str]) -> Texts:
        """Return names, of which LONGEST characters are read, as codes."""
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
        letters = np.zeros(shape, self._codes.dtype)
        texts = Texts(letters, np.zeros(shape, bool), np.zeros(shape, bool), lengths)
        texts.letters[rows, columns] = self._codes[characters[is_letter]]
        texts.starts[rows, columns] = starts[is_letter]
        texts.ends[rows, columns] = ends[is_letter]
        return texts


class Index:
    """Targets by their letter pairs."""

    def __init__(self, targets: Texts, alphabet: Alphabet):
        self._alphabet = alphabet
        self.size = len(targets.lengths)
        rows, grams = _grams(targets, alphabet)
        self._known = np.unique(grams)
        columns = np.searchsorted(self._known, grams)
        self._by_gram = _incidence(rows, columns, (self.size, len(self._known))).T.tocsr()

    def sharing(self, names: Texts) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return indices, int32 [pairs] each, of names and targets that share LEAST_SHARED different letter pairs."""
        rows, grams = _grams(names, self._alphabet)
        columns = np.searchsorted(self._known, grams)
        columns[columns == len(self._known)] = 0
        is_known = self._known[columns] == grams
        shape = (len(names.lengths), len(self._known))
        shared = _incidence(rows[is_known], columns[is_known], shape) @ self._by_gram
        enough = np.flatnonzero(shared.data >= LEAST_SHARED)
        counts = np.diff(np.searchsorted(enough, shared.indptr))
        return np.repeat(np.arange(shape[0], dtype=np.int32), counts), shared.indices.take(enough)


def _grams(texts: Texts, alphabet: Alphabet) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return row and number of every letter pair, borders of parts included. Pairs with an OTHER are left out."""
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


def _incidence(rows: NDArray[np.int64], columns: NDArray[np.int64], shape: tuple[int, int]) -> sparse.csr_array:
    """Return a 0/1 matrix, uint8, with 1 at each row and column."""
    table = sparse.csr_array((np.ones(len(rows), np.uint8), (rows, columns)), shape=shape)  # sums what is there twice
    table.data[:] = 1
    return table


def _characters(texts: Sequence[str]) -> NDArray[np.uint32]:
    """Return the code points of all texts, one after the other."""
    return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
