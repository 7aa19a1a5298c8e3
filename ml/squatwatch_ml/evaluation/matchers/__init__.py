"""What is measured, all on the same footing: given names and brands, which pairs does it raise, and how surely?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import polars as pl

SCHEMA = {"domain": pl.String, "brand": pl.String, "score": pl.Float32}


class Matcher(Protocol):
    """`has_scores` is False for one that only says yes: its pairs score 1."""

    name: str
    has_scores: bool

    def search(self, domains: Sequence[str], brands: Sequence[str]) -> pl.DataFrame:
        """Columns domain, brand, score: one row per pair of them that the matcher has anything to say about."""
        ...

    def threshold(self, brand: str) -> float:
        """The score from which a pair is raised."""
        ...


def yes(pairs: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """The answer of a matcher without scores."""
    return pl.DataFrame([(domain, brand, 1.0) for domain, brand in pairs], schema=SCHEMA, orient="row")
