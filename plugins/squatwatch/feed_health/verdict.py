"""A figure against the limits of its rule: the verdict, and the sentence that goes with it."""

from __future__ import annotations

from typing import Any

from squatwatch.feed_health.acceptance import Acceptance
from squatwatch.feed_health.evidence import Found
from squatwatch.feed_health.limits import Rule


def row_of(rule: Rule, found: Found, acceptance: Acceptance | None) -> dict[str, Any]:
    """The columns of `feed_health` that one check fills.

    Severity and limits are those of the strongest strength that the figure breaks; where it breaks none, of the
    weakest that could be judged.
    """
    strengths = rule.strengths(found.usual) if found.figure is not None else []
    row = {"figure": found.figure, "usual": found.usual, "history_count": found.history_count, "detail": found.detail}
    if not strengths:
        detail = found.detail if rule.stop or rule.tell else "switched off"
        return row | {"verdict": "skipped", "severity": None, "least": None, "most": None, "detail": detail}
    broken = [strength for strength in strengths if _is_outside(found.figure, *strength[1:])]
    severity, least, most = broken[0] if broken else strengths[-1]
    row |= {"severity": severity, "least": least, "most": most, "verdict": "ok"}
    if not broken:
        return row
    detail = found.detail + _expected(found, least, most)
    if severity == "stop" and acceptance:
        return row | {"verdict": "accepted", "detail": f"{detail}; {acceptance}"}
    return row | {"verdict": {"stop": "stopped", "tell": "told"}[severity], "detail": detail}


def _is_outside(figure: float, least: float | None, most: float | None) -> bool:
    return (least is not None and figure < least) or (most is not None and figure > most)


def _expected(found: Found, least: float | None, most: float | None) -> str:
    if not found.written:
        return ""
    side, limit = ("least", least) if least is not None and found.figure < least else ("most", most)
    return f"; at {side} {found.written.format(limit)} expected"
