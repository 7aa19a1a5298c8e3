"""Checks of how much there is: did a list come, how many names, and which shares of it are out of the ordinary."""

from __future__ import annotations

from statistics import median
from typing import Any

from squatwatch.feed_health.evidence import Check, Evidence, Finding
from squatwatch.feed_health.history import DayCounts


def received(evidence: Evidence, rule: Any) -> Finding:
    """Return 1 where the list came, 0 where none did."""
    came = evidence.today.is_received
    return Finding(float(came), "the list came" if came else "no list came: the date is partial", written="")


def name_count(evidence: Evidence, rule: Any) -> Finding:
    """Return the number of names, compared with the same weekday where there are enough: weekends have fewer."""
    count, day = evidence.today.counts["kept_count"], evidence.today.run_date
    same = [past for past in evidence.past if past.run_date.weekday() == day.weekday()]
    is_by_weekday = len(same) >= evidence.history.weekday_from_dates
    if not (is_by_weekday or evidence.has_usual):
        return Finding(count, f"{count:,} names; {evidence.too_little}", written="{:,.0f}")
    compared, kind = (same, f"{day:%A}s") if is_by_weekday else (evidence.past, "dates")
    usual = median(past.counts["kept_count"] for past in compared)
    detail = f"{count:,} names, usual {usual:,.0f} ({len(compared)} {kind})"
    return Finding(count, detail, len(compared), usual, written="{:,.0f}")


def share_of(part: str, whole: str, what: str) -> Check:
    """Return a check of one count of a list (see `DayCounts.counts`) as a share of another."""

    def share(day: DayCounts) -> float:
        return float(day.counts[part] / day.counts[whole])

    def check(evidence: Evidence, rule: Any) -> Finding:
        figure = share(evidence.today)
        if not evidence.has_usual:
            return Finding(figure, f"{figure:.2%} {what}; {evidence.too_little}")
        usual = median(map(share, evidence.past))
        return Finding(figure, f"{figure:.2%} {what}, usual {usual:.2%}", len(evidence.past), usual)

    return check
