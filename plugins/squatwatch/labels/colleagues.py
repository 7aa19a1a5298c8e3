"""Several analysts at once: a verdict counts against what its analyst had seen, and only one's own is undone unasked.

Nothing is decided for anybody: where a colleague has judged meanwhile, nothing is written and the caller asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from squatwatch.errors import SquatwatchError
from squatwatch.labels.label import Label
from squatwatch.labels.store import LabelStore

Seen = Mapping[str, int]  # by detection id the label that somebody was shown, 0 for none


class JudgedMeanwhile(SquatwatchError):
    """Somebody has judged detections in a way that the analyst had not seen; `labels` are those judgements."""

    def __init__(self, labels: Sequence[Label]):
        super().__init__("; ".join(_sentence(label) for label in labels))
        self.labels = labels


def add_as_seen(store: LabelStore, labels: Sequence[Label], seen: Seen, user_name: str) -> dict[str, Label]:
    """Append all labels or none, and return the newest label of each detection.

    A label without a note keeps the user's own earlier note, never a colleague's. Raises JudgedMeanwhile where a
    colleague has judged one of the detections since the user saw it; who saw no verdict, where none counts now either,
    is not asked.
    """
    ids = [label.detection_id for label in labels]
    with store.alone() as stored:
        newest = stored.latest(ids)
        others = [label for label in newest.values() if label.user_name != user_name]
        _require_seen([label for label in others if label.verdict or seen.get(label.detection_id)], seen)
        stored.add([_with_own_note(label, newest.get(label.detection_id)) for label in labels])
        return stored.latest(ids)


def undo(store: LabelStore, undone: Seen, seen: Seen, user_name: str) -> dict[str, Label]:
    """Append once more what counted before each of the labels `undone`, and return the newest label of each detection.

    What is restored keeps its analyst, its note and its time. Raises JudgedMeanwhile where a label is a colleague's,
    or somebody has judged since, unless `seen` has that newest label: then the user has been asked. Raises
    SquatwatchError for a label that does not exist.
    """
    with store.alone() as stored:
        histories = {detection_id: stored.history(detection_id) for detection_id in undone}
        steps = {id_: _position(histories[id_], label_id) for id_, label_id in undone.items()}
        _require_seen([history[-1] for id_, history in histories.items()
                       if not _is_own_newest(history, steps[id_], user_name)], seen)  # fmt: skip
        stored.add([_before(histories[id_], at, user_name) for id_, at in steps.items()])
        return stored.latest(undone)


def _require_seen(labels: Sequence[Label], seen: Seen) -> None:
    unseen = [label for label in labels if seen.get(label.detection_id, 0) != label.label_id]
    if unseen:
        raise JudgedMeanwhile(unseen)


def _with_own_note(label: Label, before: Label | None) -> Label:
    own = before.note if before and before.user_name == label.user_name else ""
    return label if label.note else replace(label, note=own)


def _position(history: Sequence[Label], label_id: int) -> int:
    for at, label in enumerate(history):
        if label.label_id == label_id:
            return at
    raise SquatwatchError(f"there is no label {label_id} of this detection; reload the page")


def _is_own_newest(history: Sequence[Label], at: int, user_name: str) -> bool:
    return history[at].user_name == user_name and history[-1].says_the_same_as(history[at])


def _before(history: Sequence[Label], at: int, user_name: str) -> Label:
    if at:
        return replace(history[at - 1], label_id=None)
    return replace(history[0], label_id=None, verdict=None, note="", user_name=user_name, labelled_at=None)


def _sentence(label: Label) -> str:
    action = f"has judged {label.domain}: {label.verdict.words}" if label.verdict else f"has undone {label.domain}"
    return f"{label.user_name} {action}" + (f" ({label.note})" if label.note else "")
