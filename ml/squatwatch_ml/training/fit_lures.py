"""Fits what the text beside a brand says: published squats against names that are nobody's squat."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from squatwatch_ml.pair.match import nearest
from squatwatch_ml.rank.beside.lures import BUCKETS, Lures, ngrams
from squatwatch_ml.rank.beside.rests import Rest, rest_around, rest_of
from squatwatch_ml.rank.opinions import regression
from squatwatch_ml.text.csv_rows import rows
from squatwatch_ml.text.names import label_of
from squatwatch_ml.text.skeleton import without_marks
from squatwatch_ml.text.words import read

PENALTY = 3e-6
ORDINARY = 70_000  # names whose words stand for brands that nobody imitates
SHORTEST_WORD = 5  # letters of such a word


class LureTexts(NamedTuple):
    """Texts beside brands in squats, with the brand of each, and texts beside words in ordinary names."""

    squats: list[Rest]
    brands: list[str]
    ordinary: list[Rest]


def read_lure_texts(folder: Path, labels: Sequence[str], seed: int) -> LureTexts:
    """Read the published squats of a folder; `labels` are names of which some, chosen by chance, are the ordinary ones.

    Raises OSError, and ValueError where the folder has no squats.
    """
    squats = [
        (row["squat_domain"], row["brand"])
        for path in sorted(folder.glob("squats*.csv*"))
        for row in rows(path, "brand", "squat_domain")
    ]
    if not squats:
        raise ValueError(f"{folder} has no squats*.csv with brand and squat_domain")
    beside = [(rest_of(nearest(label_of(domain), brand)), brand) for domain, brand in squats]
    told = [(rest, brand) for rest, brand in beside if rest.before or rest.after]
    return LureTexts([rest for rest, _ in told], [brand for _, brand in told], _ordinary(labels, seed))


def fit_lures(texts: LureTexts, learns_from: Callable[[str], bool] = lambda brand: True) -> Lures:
    """Fit on the squats of the brands that are learnt from. Raises ValueError where there is none."""
    chosen = [at for at, brand in enumerate(texts.brands) if learns_from(brand)]
    if not chosen:
        raise ValueError("there are no squats of brands to learn from")
    counts = Counter(texts.brands[at] for at in chosen)
    of_squats = np.array([counts[texts.brands[at]] ** -0.5 for at in chosen])
    weights = np.concatenate([of_squats * (len(texts.ordinary) / of_squats.sum()), np.ones(len(texts.ordinary))])
    rests = [texts.squats[at] for at in chosen] + texts.ordinary
    classes = np.repeat(np.array([1, 0]), [len(chosen), len(texts.ordinary)])
    found = ngrams(rests)
    shares = csr_array((found.shares, (found.rows, found.buckets)), shape=(len(rests), BUCKETS))
    line = regression.fit(shares, classes, 2, weights, PENALTY)
    return Lures(line.weights[:, 1] - line.weights[:, 0], float(line.intercepts[1] - line.intercepts[0]))


def _ordinary(labels: Sequence[str], seed: int) -> list[Rest]:
    """Return what stands beside one word, chosen by chance, of names chosen by chance."""
    chance = random.Random(seed)
    rests = []
    for label in chance.sample(labels, min(ORDINARY, len(labels))):
        words = [
            piece
            for piece in read(without_marks(label)).best
            if piece.zipf and piece.end - piece.start >= SHORTEST_WORD
        ]
        if words:
            word = chance.choice(words)
            if word.end - word.start < len(label):
                rests.append(rest_around(label, word.start, word.end, is_exact=True))
    return rests
