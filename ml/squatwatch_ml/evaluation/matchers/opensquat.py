"""openSquat's own matcher (the package `opensquat`, extra `evaluation`) over the same names, at -c1 or -c2.

It raises a name whose first level is within `level` Levenshtein edits of the keyword, or that contains the keyword
anywhere. Looking at 150,000 names costs it some 3 CPU seconds a brand, nearly all of it for a test of each name for
look-alike characters. So only names that it may raise are put before it: those whose first level is near enough or
that contain the brand, and all that are not plain ASCII. A test holds that this changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from squatwatch_ml.evaluation.matchers import yes
from squatwatch_ml.training.extra import need


class OpenSquat:
    """openSquat's matcher at one confidence level. Raises MissingExtra where the package is not installed."""

    has_scores = False

    def __init__(self, level: int):
        self.name = f"openSquat -c{level}"
        self._level = level
        self._detector = need("opensquat.squatting_detector").SquattingDetector(confidence_level=level)

    def threshold(self, brand: str) -> float:
        """Return the score from which a pair is raised, the same for all brands."""
        return 0.5

    def search(self, domains: Sequence[str], brands: Sequence[str]) -> pl.DataFrame:
        """Return the pairs that openSquat raises: domain, brand, score 1."""
        pairs: list[tuple[str, str]] = []
        first = [domain.split(".")[0] for domain in domains]
        not_ascii = [at for at, domain in enumerate(domains) if not domain.isascii()]
        for brand in brands:
            distances = process.cdist(
                [brand], first, scorer=Levenshtein.distance, score_cutoff=self._level, dtype=np.uint8
            )
            near = np.nonzero(distances[0] <= self._level)[0].tolist()
            containing = [at for at, domain in enumerate(domains) if brand in domain]
            asked = [domains[at] for at in sorted({*near, *containing, *not_ascii})]
            pairs += [(domain, brand) for domain in self._detector.check(brand, asked)]
        return yes(list(dict.fromkeys(pairs)))
