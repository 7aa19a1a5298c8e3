"""The state of a detection, in analysts' words."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from squatwatch.labels import Label

STATES = ("New", "Changed", "Watched", "Escalated", "Ignored")
OF_VERDICT = {"squat": "Escalated", "watch": "Watched", "not_squat": "Ignored", "own": "Ignored"}


class Seen(Protocol):
    """A detection as it is on a date."""

    run_date: date
    score: float
    threshold: float
    is_detection: bool
    is_reregistered: bool
    model_version: str


def state_of(seen: Seen, label: Label | None) -> str:
    """New: nobody has judged it. Watched: watch. Escalated: a confirmed squat. Ignored: not one, or the brand's own.

    Changed: it was judged, and what was judged is no longer what is there, so somebody should look again. Either the
    name was listed again on a later date after it had been gone for more than a month (`is_reregistered`: perhaps
    another owner), or another model than the one whose score was shown comes to the other outcome: it flags what that
    one had below today's threshold, or no longer flags what that one had above it. Judging it again settles it.
    """
    if label is None or label.verdict is None:
        return "New"
    if _came_back(seen, label) or _another_outcome(seen, label):
        return "Changed"
    return OF_VERDICT[label.verdict]


def _came_back(seen: Seen, label: Label) -> bool:
    return bool(seen.is_reregistered and label.run_date and label.run_date < seen.run_date)


def _another_outcome(seen: Seen, label: Label) -> bool:
    if label.score is None or not label.model_version or label.model_version == seen.model_version:
        return False
    return (label.score >= seen.threshold) != (seen.score >= seen.threshold)
