"""Matchers that score candidate pairs: squatwatch's network, and trees on the same pairs.

They share one candidate step and one encoding of a list, which cost more than the scores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from squatwatch_ml.candidates.candidates import candidate_pairs
from squatwatch_ml.evaluation.matchers import SCHEMA
from squatwatch_ml.network.score import ENCODED_AT_A_TIME, Scorer
from squatwatch_ml.pair.encode import Encoded
from squatwatch_ml.text.names import label_of
from squatwatch_ml.text.skeleton import skeleton


class EncodedCandidates(NamedTuple):
    """Pairs of a list that pass the candidate step; `encoded` in blocks, in their order."""

    domains: list[str]
    brands: list[str]
    encoded: list[Encoded]


class Encoder:
    """An encoder that finds and encodes the candidates of a list; it remembers the last list."""

    def __init__(self, encode: Callable[[Sequence[str], Sequence[str]], Encoded]):
        self._encode_pairs = encode
        self._last: tuple[tuple[int, int, int], EncodedCandidates] | None = None

    def candidates(self, domains: Sequence[str], brands: Sequence[str]) -> EncodedCandidates:
        """Return the candidates of a list, encoded."""
        key = (len(domains), hash(tuple(domains)), hash(tuple(brands)))
        if self._last is None or self._last[0] != key:
            self._last = (key, self._encode(domains, brands))
        return self._last[1]

    def _encode(self, domains: Sequence[str], brands: Sequence[str]) -> EncodedCandidates:
        labels = [label_of(domain) for domain in domains]
        pairs = candidate_pairs([skeleton(label) for label in labels], brands)
        names = pairs.name_index.tolist()
        wanted = [brands[at] for at in pairs.brand_index.tolist()]
        blocks = [slice(start, start + ENCODED_AT_A_TIME) for start in range(0, len(names), ENCODED_AT_A_TIME)]
        encoded = [self._encode_pairs([labels[at] for at in names[block]], wanted[block]) for block in blocks]
        return EncodedCandidates([domains[at] for at in names], wanted, encoded)


class PairMatcher:
    """A model that scores candidates; `thresholds` gives the score from which a pair of a brand is raised."""

    has_scores = True

    def __init__(
        self,
        name: str,
        encoder: Encoder,
        score_encoded: Callable[[Encoded], NDArray[np.float32]],
        thresholds: Callable[[str], float],
    ):
        self.name = name
        self.thresholds = thresholds
        self._encoder = encoder
        self._score_encoded = score_encoded

    def threshold(self, brand: str) -> float:
        """Return the score from which a pair of the brand is raised."""
        return self.thresholds(brand)

    def search(self, domains: Sequence[str], brands: Sequence[str]) -> pl.DataFrame:
        """Return the candidates with their scores: domain, brand, score."""
        candidates = self._encoder.candidates(domains, brands)
        scores = [np.zeros(0, np.float32), *map(self._score_encoded, candidates.encoded)]
        return pl.DataFrame([candidates.domains, candidates.brands, np.concatenate(scores)], schema=SCHEMA)


def squatwatch(scorer: Scorer, encoder: Encoder, name: str = "squatwatch") -> PairMatcher:
    """Return the network as a matcher, at its thresholds by kind of brand."""
    return PairMatcher(name, encoder, scorer.score_encoded, scorer.base_threshold)
