"""The numbers that the ranker weighs: what the network, the pair, the brand, the day and the judged names say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.network.components import log_odds
from squatwatch_ml.pair.features import FEATURES, pair_features
from squatwatch_ml.pair.match import Pair, nearest
from squatwatch_ml.rank.beside.fields import FIELD, WordVectors, field_evidence
from squatwatch_ml.rank.beside.lures import Lures, lure_weight
from squatwatch_ml.rank.beside.meanings import MEANING, meaning_evidence
from squatwatch_ml.rank.beside.rests import Rest, rest_of
from squatwatch_ml.rank.brand_knowledge import BRAND, brand_evidence
from squatwatch_ml.rank.memory import MEMORY, Likeness, memory_evidence, remember
from squatwatch_ml.rank.ranked import JudgedPairs, ScoredPairs
from squatwatch_ml.rank.waves import WAVE, wave_evidence
from squatwatch_ml.rank.written import WRITTEN, written_evidence

KNOTS = (0.0, 2.0, 4.0)  # log-odds of the network's score from which on they may count otherwise
NETWORK = ("log_odds", *(f"log_odds_above_{knot:g}" for knot in KNOTS))
BESIDE = ("lure", "keyword_count", "other_count", "edits")
SINGLE = (*NETWORK, *FEATURES, *BESIDE, *WRITTEN, *BRAND, *FIELD, *MEANING, *WAVE)
# once more for names that have the brand as it is, since the same thing says something else there
EXACT = tuple(f"exact_{name}" for name in SINGLE)
EVIDENCE = (*SINGLE, *EXACT, *MEMORY)
GROUPS = {
    "brand": frozenset({name for one in (*BESIDE, *BRAND, *FIELD, *MEANING) for name in (one, f"exact_{one}")}),
    "wave": frozenset({*WAVE, *(f"exact_{name}" for name in WAVE)}),
    "memory": frozenset(MEMORY),
}
MOST = 2.0  # what pair features are clipped to, as the network has them


AT_A_TIME = 16_384  # pairs that are matched, or weighed, at a time: bounds memory, some 100 MB


class Evidence(NamedTuple):
    """Evidence on pairs: numbers, and the judged names that each pair is like.

    `single` is float64 [pairs, SINGLE], nan for what is not known; `is_exact` says which names have the brand as it is;
    `memory` is float64 [pairs, MEMORY].
    """

    single: NDArray[np.float64]
    is_exact: NDArray[np.bool_]
    memory: NDArray[np.float64]
    likenesses: list[Likeness | None]

    def numbers(self, rows: slice = slice(None)) -> NDArray[np.float64]:
        """Return float64 [rows, EVIDENCE]."""
        single = self.single[rows]
        exact = np.where(self.is_exact[rows, None], single, 0.0)
        return np.hstack([single, exact, self.memory[rows]])


def evidence_of(
    pairs: ScoredPairs,
    judged: JudgedPairs | None,
    lures: Lures,
    vectors: WordVectors,
    abouts: Mapping[str, str],
) -> Evidence:
    """Return the evidence on the pairs of one date; `abouts`: what brands do, in a few words.

    Raises ValueError where the fields of the pairs differ in length.
    """
    count = len(pairs.labels)
    if {len(field) for field in (pairs.domains, pairs.brands, pairs.scores)} != {count}:
        raise ValueError("domains, labels, brands and scores of pairs differ in length")
    scores = log_odds(np.asarray(pairs.scores, np.float32)).astype(np.float64)
    network = np.stack([scores, *(np.maximum(scores - knot, 0) for knot in KNOTS)], axis=1).reshape(count, len(NETWORK))
    rests, of_pairs = _read(pairs, lures)
    single = np.hstack(
        [
            network,
            of_pairs,
            brand_evidence(pairs.brands),
            field_evidence(rests, pairs.brands, abouts, vectors),
            meaning_evidence(rests, pairs.brands, abouts),
            wave_evidence(pairs.brands, pairs.domains, rests, scores),
        ]
    )
    is_exact = np.array([rest.is_exact for rest in rests], bool)
    memory = np.zeros((count, len(MEMORY)))
    likenesses: list[Likeness | None] = [None] * count
    if judged is not None and len(judged.labels):
        judged_rests = [
            rest_of(nearest(label, brand)) for label, brand in zip(judged.labels, judged.brands, strict=True)
        ]
        remembered = remember(judged.labels, judged.brands, judged_rests, judged.is_squat)
        memory, likenesses = memory_evidence(pairs.labels, pairs.brands, rests, remembered)
    return Evidence(single, is_exact, memory, likenesses)


def comparable(
    numbers: NDArray[np.float64], mean: NDArray[np.float64], scale: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return evidence around 0 and of one spread; what is not known is 0, as the mean is."""
    return np.nan_to_num((numbers - mean) / scale)


def parts_of(count: int) -> Iterator[slice]:
    """Yield the rows of so many pairs, AT_A_TIME at a time."""
    for start in range(0, count, AT_A_TIME):
        yield slice(start, start + AT_A_TIME)


def _read(pairs: ScoredPairs, lures: Lures) -> tuple[list[Rest], NDArray[np.float64]]:
    """Return the pairs taken apart, and float64 [pairs, FEATURES, BESIDE and WRITTEN]."""
    rests: list[Rest] = []
    numbers = np.zeros((len(pairs.labels), len(FEATURES) + len(BESIDE) + len(WRITTEN)))
    for rows in parts_of(len(pairs.labels)):
        matched = list(map(nearest, pairs.labels[rows], pairs.brands[rows]))
        # of each pair both at once, since both read its label as words, and the last readings are kept
        theirs, features = zip(*((rest_of(pair), pair_features(pair)) for pair in matched), strict=True)
        of_pairs = np.clip(np.array(features, np.float64), 0, MOST)
        numbers[rows] = np.hstack([of_pairs, _beside(matched, theirs, lures), written_evidence(matched)])
        rests += theirs
    return rests, numbers


def _beside(matched: Sequence[Pair], rests: Sequence[Rest], lures: Lures) -> NDArray[np.float64]:
    counts = [
        (rest.keyword_count, rest.other_count, pair.match.distance) for pair, rest in zip(matched, rests, strict=True)
    ]
    return np.hstack([lure_weight(rests, lures)[:, None], np.array(counts, np.float64).reshape(len(rests), 3)])
