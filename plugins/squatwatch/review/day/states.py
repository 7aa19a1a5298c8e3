"""The state of a detection, in analysts' words."""

from __future__ import annotations

from squatwatch.labels.label import Label
from squatwatch.labels.verdicts import Verdict
from squatwatch.review.day.rows import DetectionRow

NEW, CHANGED, ALLOWLISTED = "new", "changed", "allowlisted"
TO_JUDGE = (NEW, CHANGED)  # what waits for an analyst
STATE_WORDS = {
    NEW: "New",
    CHANGED: "Changed",
    **{verdict.value: verdict.words for verdict in Verdict},
    ALLOWLISTED: "Allowlisted",
}


def state_of(row: DetectionRow, label: Label | None, woken: str = "", is_excused: bool = False) -> str:
    """Return the state, a key of STATE_WORDS: the verdict, or new, changed or allowlisted.

    new: nobody has judged it. changed: it was judged, and what was judged is no longer what is there, so somebody
    should look again. Either the name was listed again on a later date after it had been gone for more than a month
    (`is_reregistered`: perhaps another owner), or it is watched or confirmed and has woken up since (`woken` says how:
    it resolves, it has a mail server), or it is no confirmed squat and another model than the one whose score was shown
    flags what that one had below today's threshold. That a model no longer flags a name changes nothing: a person has
    said what it is. Judging it again settles it. allowlisted: it would be new or changed, and the allowlist of now
    excuses it.
    """
    state = _judged(row, label, woken)
    return ALLOWLISTED if is_excused and state in TO_JUDGE else state


def _judged(row: DetectionRow, label: Label | None, woken: str) -> str:
    if label is None or label.verdict is None:
        return NEW
    is_awake = woken and not label.verdict.is_false_alarm
    if _came_back(row, label) or _newly_flagged(row, label) or is_awake:
        return CHANGED
    return label.verdict.value


def _came_back(row: DetectionRow, label: Label) -> bool:
    return bool(row.is_reregistered and label.run_date and label.run_date < row.run_date)


def _newly_flagged(row: DetectionRow, label: Label) -> bool:
    if label.verdict is Verdict.SQUAT or label.score is None or label.model_version in (None, row.model_version):
        return False
    return label.score < row.threshold <= row.score
