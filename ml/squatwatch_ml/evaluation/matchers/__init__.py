"""Matchers, all measured on the same footing: given names and brands, which pairs does one raise, and how surely?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import polars as pl

SCHEMA = {"domain": pl.String, "brand": pl.String, "score": pl.Float32}


class Matcher(Protocol):
    """A way to find look-alike names."""

    @property
    def name(self) -> str:
        """Return the name of the matcher's column of scores."""
        ...

    @property
    def has_scores(self) -> bool:
        """Tell whether its scores mean something; a matcher that only raises pairs gives them all 1."""
        ...

    def search(self, domains: Sequence[str], brands: Sequence[str]) -> pl.DataFrame:
        """Return domain, brand and score (0 to 1): one row per pair that the matcher looks at."""
        ...

    def threshold(self, brand: str) -> float:
        """Return the score from which a pair is raised."""
        ...


def yes(pairs: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Return the pairs that a matcher without scores raises, as `search` does."""
    return pl.DataFrame([(domain, brand, 1.0) for domain, brand in pairs], schema=SCHEMA, orient="row")
