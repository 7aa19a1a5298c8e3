"""How usual the letters of a name are: how likely each is after the three before it, in a million popular names.

    python -m squatwatch_ml.text.letters    (`make words`) makes the table

A typo is a row of letters that nobody would choose (`telsdza` for telstra), the name of something else is one that
somebody did (`tomble` for tmobile): both are two edits away. The model is one of four letters with interpolated
Kneser-Ney smoothing (Kneser and Ney 1995; Chen and Goodman 1999).

The table is made where squatwatch is installed, two megabytes that are read in a moment.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.text import names, suffixes
from squatwatch_ml.text.made_file import MadeFile, or_exit, rules_of, versions_of

PATH = Path(__file__).with_name("letters.table")
ORDER = 4  # letters: one, and those before it that are looked at
DISCOUNT = 0.75
UNITS = 16  # of the table's numbers in a nat
MOST = 255  # units: what is less likely counts as this
ALPHABET = "\n" + string.ascii_lowercase + string.digits + "-"  # the first stands for the edges of a name
_SIZE = len(ALPHABET)
_CONTEXTS = _SIZE ** (ORDER - 1)
_NUMBER = {letter: at for at, letter in enumerate(ALPHABET)}
_OTHER = _NUMBER["-"]  # what is no letter is read as what stands between words


def surprises(plain: str) -> list[float]:
    """Return how unlikely each letter of a label is after those before it, in nats, and last its end.

    `plain` is in lower case and without marks. The list has one number more than the label has letters.
    """
    table, context, found = letter_table(), 0, []
    for number in [*(_NUMBER.get(letter, _OTHER) for letter in plain), 0]:
        place = context * _SIZE + number
        found.append(table[place] / UNITS)
        context = place % _CONTEXTS
    return found


@cache
def letter_table() -> bytes:
    """Return the table of this installation, read once a process: a byte for each row of ORDER letters."""
    return table_file().read_or_make()


def table_file() -> MadeFile:
    """Return the file that the table is kept in."""
    rules = rules_of(names.__file__, suffixes.__file__, __file__)
    made_from = f"{versions_of('pymispwarninglists', 'publicsuffixlist')}, rules {rules}"
    return MadeFile(PATH, _made, made_from, "python -m squatwatch_ml.text.letters")


def _made() -> bytes:
    return letters_of(names.popular_labels())


def letters_of(labels: Iterable[str]) -> bytes:
    """Return the table of these labels; those with letters outside ALPHABET are left out."""
    edge = ALPHABET[0]
    text = "".join(edge * (ORDER - 1) + label for label in labels if label and not set(label) - _NUMBER.keys()) + edge
    number_of = np.zeros(128, np.int64)
    number_of[[ord(letter) for letter in ALPHABET]] = range(_SIZE)
    numbers = number_of[np.frombuffer(text.encode(), np.uint8)]
    follows = np.flatnonzero((numbers[1:] > 0) | (numbers[:-1] > 0)) + 1  # a letter, or the first edge behind one
    rows = np.zeros(len(follows), np.int64)
    for back in range(ORDER - 1, -1, -1):
        rows = rows * _SIZE + numbers[follows - back]
    counts = np.bincount(rows, minlength=_SIZE**ORDER).reshape((_SIZE,) * ORDER).astype(np.float64)
    units: NDArray[np.uint8] = np.minimum(np.rint(-np.log(_likelihood(counts)) * UNITS), MOST).astype(np.uint8)
    return units.tobytes()


def _likelihood(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the likelihood of the last letter given the others; of shorter rows it counts in how many they stand."""
    shorter = _likelihood((counts > 0).sum(axis=0).astype(np.float64)) if counts.ndim > 1 else np.full(1, 1 / _SIZE)
    total = np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    kinds = (counts > 0).sum(axis=-1, keepdims=True)
    unseen = np.where(kinds > 0, DISCOUNT * kinds / total, 1.0)
    likelihood: NDArray[np.float64] = np.maximum(counts - DISCOUNT, 0) / total + unseen * shorter
    return likelihood


if __name__ == "__main__":
    with or_exit(PATH):
        print(f"{PATH}: {len(table_file().make()) / 1e6:.1f} MB")
