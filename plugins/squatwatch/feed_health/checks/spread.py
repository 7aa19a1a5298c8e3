"""Checks of how names spread over top-level domains and first characters: what is missing, and what floods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from squatwatch.feed_health.evidence import Evidence, Finding
from squatwatch.feed_health.history import DayCounts
from squatwatch.wording import listed

MOST_NAMED = 5  # of what is missing, in a sentence


def missing_tlds(evidence: Evidence, rule: Any) -> Finding:
    """Return the share of the usual names that the top-level domains with next to none today make up."""
    return _missing(evidence, rule, lambda day: day.names_by_tld, "top-level domain", ".")


def missing_initials(evidence: Evidence, rule: Any) -> Finding:
    """Return the share of the usual names that the first characters with next to none today make up.

    A sorted list that was cut off lacks the last ones.
    """
    return _missing(evidence, rule, lambda day: day.names_by_initial, "first character", "")


def tld_flood(evidence: Evidence, rule: Any) -> Finding:
    """Return the share of the list that the largest flooded top-level domain makes up."""
    if not evidence.has_usual:
        return Finding(None, evidence.too_little)
    usual, today = _usual_counts([day.names_by_tld for day in evidence.past]), evidence.today.names_by_tld
    flooded = {tld: count for tld, count in today.items() if count >= rule.flood_times * usual.get(tld, 0)}
    if not flooded:
        return Finding(0.0, "no top-level domain is flooded", len(evidence.past))
    figure = max(flooded.values()) / evidence.today.counts["kept_count"]
    # the largest only: every top-level domain that is new to the source has more names than its usual none
    largest = [f".{tld} ({count:,} instead of {usual.get(tld, 0):,.0f})" for tld, count in _largest(flooded)[:3]]
    return Finding(figure, f"up to {figure:.2%} of the names: {', '.join(largest)}", len(evidence.past))


def _missing(
    evidence: Evidence, rule: Any, counts_of: Callable[[DayCounts], Mapping[str, int]], what: str, mark: str
) -> Finding:
    if not evidence.has_usual:
        return Finding(None, evidence.too_little)
    usual, today = _usual_counts([counts_of(day) for day in evidence.past]), counts_of(evidence.today)
    missing = {item: count for item, count in usual.items() if today.get(item, 0) <= rule.missing_below * count}
    if not missing:
        return Finding(0.0, f"no usual {what} is missing", len(evidence.past))
    figure = sum(missing.values()) / sum(usual.values())
    items = [f"{mark}{item} ({today.get(item, 0):,} instead of {count:,.0f})" for item, count in _largest(missing)]
    return Finding(figure, f"{figure:.2%} of the usual names: {listed(items, MOST_NAMED)}", len(evidence.past))


def _usual_counts(past: Sequence[Mapping[str, int]]) -> dict[str, float]:
    """Return the median of each item's names, 0 on a date that has none; items that most dates lack are not usual."""
    usual = {item: median(day.get(item, 0) for day in past) for item in set().union(*past)}
    return {item: count for item, count in usual.items() if count}


def _largest(counts: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
