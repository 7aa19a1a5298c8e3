"""The state of a detection, in analysts' words."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from squatwatch.labels.store import Label

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


def state_of(seen: Seen, label: Label | None, woken: str = "") -> str:
    """New: nobody has judged it. Watched: watch. Escalated: a confirmed squat. Ignored: not one, or the brand's own.

    Changed: it was judged, and what was judged is no longer what is there, so somebody should look again. Either the
    name was listed again on a later date after it had been gone for more than a month (`is_reregistered`: perhaps
    another owner), or it is watched or confirmed and has woken up since (`woken` says how: it resolves, it has a mail
    server), or it is no confirmed squat and another model than the one whose score was shown flags what that
    one had below today's threshold. That a model no longer flags a name changes nothing: a person has said what it is.
    Judging it again settles it.
    """
    if label is None or label.verdict is None:
        return "New"
    if _came_back(seen, label) or _newly_flagged(seen, label) or (woken and label.verdict in ("watch", "squat")):
        return "Changed"
    return OF_VERDICT[label.verdict]


def _came_back(seen: Seen, label: Label) -> bool:
    return bool(seen.is_reregistered and label.run_date and label.run_date < seen.run_date)


def _newly_flagged(seen: Seen, label: Label) -> bool:
    if label.verdict == "squat" or label.score is None or label.model_version in (None, seen.model_version):
        return False
    return label.score < seen.threshold <= seen.score
