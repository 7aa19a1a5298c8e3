"""Checks of whether a list is new: its names, and its bytes, against the earlier lists of the source."""

from __future__ import annotations

from typing import Any

from squatwatch.feed_health.evidence import Evidence, Finding
from squatwatch.wording import listed

MOST_NAMED = 3  # dates, the newest first


def seen_before(evidence: Evidence, rule: Any) -> Finding:
    """Return the share of names that any list of the window has."""
    if not evidence.past:
        return Finding(None, evidence.too_little)
    count = evidence.seen.any_count
    figure = count / evidence.today.counts["kept_count"]
    since = f"were listed before, since {evidence.past[0].run_date}"
    return Finding(figure, f"{count:,} names ({figure:.2%}) {since}", len(evidence.past))


def overlap(evidence: Evidence, rule: Any) -> Finding:
    """Return the largest share of names that the list of one earlier date has."""
    if not evidence.past:
        return Finding(None, evidence.too_little)
    if not evidence.seen.count_by_date:
        return Finding(0.0, "no name is on an earlier list", len(evidence.past))
    day, count = max(evidence.seen.count_by_date.items(), key=lambda item: (item[1], item[0]))
    figure = count / evidence.today.counts["kept_count"]
    return Finding(figure, f"{count:,} names ({figure:.2%}) are on the list of {day}", len(evidence.past))


def repeated_list(evidence: Evidence, rule: Any) -> Finding:
    """Return the number of earlier dates whose list has the same bytes."""
    if not evidence.past:
        return Finding(None, evidence.too_little)
    sha256 = evidence.today.counts["list_sha256"]
    dates = [str(day.run_date) for day in evidence.past if day.counts["list_sha256"] == sha256]
    detail = (
        f"the same bytes as the list of {listed(dates[::-1], MOST_NAMED)}"
        if dates
        else "no earlier list has the same bytes"
    )
    return Finding(len(dates), detail, len(evidence.past), written="")
