"""A score in three steps, as the page shows it: scores crowd near 1, and nobody compares five digits at a glance."""

from __future__ import annotations

CERTAIN, LIKELY = 0.99, 0.9


def certainty(score: float) -> str:
    """Return `certain` (from 0.99 on), `likely` (from 0.9 on) or `look`, for a score between 0 and 1."""
    if score >= CERTAIN:
        return "certain"
    return "likely" if score >= LIKELY else "look"
