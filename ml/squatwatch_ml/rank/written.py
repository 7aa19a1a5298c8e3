"""How usual a name's letters are: those of a typo are unusual, those of somebody else's name are not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.pair.match import Pair
from squatwatch_ml.text.letters import ORDER, surprises
from squatwatch_ml.text.skeleton import without_marks

WRITTEN = (  # in nats, by `text/letters.py`
    "label_surprise",  # of the whole name, a letter
    "span_surprise",  # of the span that stands for the brand, and of the letters after it that follow from it
    "beside_surprise",  # of the text beside it, a letter; nan where there is none
    "edits_surprise",  # of the whole name, more than with the brand as it is in place of the span
)


def written_evidence(pairs: Sequence[Pair]) -> NDArray[np.float64]:
    """Return float64 [pairs, WRITTEN]."""
    return np.array(list(map(_of_pair, pairs)), np.float64).reshape(len(pairs), len(WRITTEN))


def _of_pair(pair: Pair) -> tuple[float, ...]:
    plain, start, end = without_marks(pair.label), pair.match.start, pair.match.end
    found = surprises(plain)
    beside = found[:start] + found[end : len(plain)]
    brand = without_marks("".join(pair.match.pieces))
    corrected = surprises(plain[:start] + brand + plain[end:])
    return (
        sum(found) / len(found),
        sum(found[start : end + ORDER - 1]),
        sum(beside) / len(beside) if beside else np.nan,
        sum(found) - sum(corrected),
    )
