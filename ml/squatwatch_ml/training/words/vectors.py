"""Vectors of words, learnt from which words stand together in registered names.

Positive pointwise mutual information of words of one name, and its singular vectors (Levy and Goldberg 2014, contexts
to the power of .75; Levy, Goldberg and Dagan 2015, singular values to the power of one half).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

from squatwatch_ml.rank.beside.fields import DIMENSIONS, WordVectors, of_length_1
from squatwatch_ml.rank.beside.rests import SHORTEST_WORD
from squatwatch_ml.text.names import labels_of, read_domains
from squatwatch_ml.text.skeleton import without_marks
from squatwatch_ml.text.words import read
from squatwatch_ml.training.data.splits import DAYS

FEWEST = 5  # names that a word stands in, with another one beside it
LONGEST = 40  # letters of a name that is read
CONTEXT_POWER, VALUE_POWER = 0.75, 0.5


def labels_to_learn_from(folder: Path) -> list[str]:
    """Return the labels of the days to train on in a folder of real lists, sorted.

    Raises OSError, ValueError where the folder has none of them.
    """
    labels = _labels_of_days(folder, DAYS["train"] + DAYS["calibrate"])
    if not labels:
        raise ValueError(f"{folder / 'registrations'} has no file of the days {', '.join(DAYS['train'])}")
    return labels


def names_to_learn_from(folder: Path) -> list[list[str]]:
    """Return the words of the names that vectors are learnt from. Raises what `labels_to_learn_from` does."""
    return words_of_names([*labels_to_learn_from(folder), *_labels_of_days(folder, DAYS["words"])])


def _labels_of_days(folder: Path, days: Sequence[str]) -> list[str]:
    paths = [path for day in days for path in (folder / "registrations").glob(f"{day}.*")]
    return sorted(set(labels_of(name for path in paths for name in read_domains(path))))


def known_words(names: Iterable[Sequence[str]]) -> list[str]:
    """Return the words that stand in FEWEST of the names, by alphabet."""
    counts = Counter(word for words in names for word in words)
    return sorted(word for word, count in counts.items() if count >= FEWEST)


def words_of_names(labels: Iterable[str]) -> list[list[str]]:
    """Return the distinct words of each name that is read as two or more."""
    of_names = []
    for label in labels:
        plain = without_marks(label)
        if len(plain) <= LONGEST:
            pieces = (piece for piece in read(plain).best if piece.zipf and piece.end - piece.start >= SHORTEST_WORD)
            words = list(dict.fromkeys(plain[piece.start : piece.end] for piece in pieces))
            if len(words) >= 2:
                of_names.append(words)
    return of_names


def fit_word_vectors(names: list[list[str]]) -> WordVectors:
    """Return a vector for each word that stands in FEWEST names. Raises ValueError where there are too few words."""
    known = known_words(names)
    if len(known) <= DIMENSIONS:
        raise ValueError(f"{len(known)} words stand in {FEWEST} names with others: too few to learn vectors of")
    row_of = {word: row for row, word in enumerate(known)}
    rows, columns = [], []
    for words in names:
        of_name = [row_of[word] for word in words if word in row_of]
        rows += [first for first in of_name for second in of_name if first != second]
        columns += [second for first in of_name for second in of_name if first != second]
    together = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(known), len(known))).tocoo()
    of_word = np.maximum(np.bincount(rows, minlength=len(known)), 1).astype(np.float64)
    of_context = of_word**CONTEXT_POWER
    information = np.log(together.data * of_context.sum() / (of_word[together.row] * of_context[together.col]))
    positive = np.maximum(information, 0)
    matrix = csr_array((positive, (together.row, together.col)), shape=together.shape)
    left, values, _ = svds(matrix, k=DIMENSIONS, v0=np.ones(len(known)))
    order = np.argsort(-values)
    vectors = left[:, order] * np.sign(left[np.abs(left).argmax(axis=0), range(DIMENSIONS)])[order]
    vectors = of_length_1(vectors * values[order] ** VALUE_POWER)
    return WordVectors(row_of, (vectors - vectors.mean(axis=0)).astype(np.float32))
