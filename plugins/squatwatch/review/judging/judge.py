"""Verdicts that become labels. What a detection is, the warehouse says, not the browser."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field

from squatwatch.errors import SquatwatchError
from squatwatch.labels import colleagues
from squatwatch.labels.label import LONGEST_NOTE, Label
from squatwatch.labels.store import label_store
from squatwatch.labels.verdicts import Verdict
from squatwatch.review.day.rows import DetectionRow, published
from squatwatch.review.judging.strict import MOST, LabelIds, OfDate
from squatwatch.settings import Settings


class Judgement(OfDate):
    """One verdict on one or many detections of a date.

    `seen` has the label that the page showed of each, 0 or nothing where it showed none. Without a note each keeps the
    note that its analyst wrote before.
    """

    detection_ids: list[str] = Field(min_length=1, max_length=MOST)
    verdict: Verdict
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""
    seen: LabelIds = Field(default_factory=dict)


class Undoing(OfDate):
    """Labels to undo, by detection id; `seen` has those of colleagues that are to be undone with them."""

    labels: LabelIds = Field(min_length=1)
    seen: LabelIds = Field(default_factory=dict)


def judge(settings: Settings, judgement: Judgement, user_name: str) -> dict[str, Label]:
    """Add the verdicts, all or none, and return the label of each detection.

    Raises SquatwatchError where an id is no detection of the date, JudgedMeanwhile where a colleague has judged one
    that the page showed otherwise.
    """
    rows = _rows(settings, judgement.run_date, judgement.detection_ids)
    labels = [_label(row, judgement.verdict, judgement.note.strip(), user_name) for row in rows]
    return colleagues.add_as_seen(label_store(settings), labels, judgement.seen, user_name)


def undo(settings: Settings, undoing: Undoing, user_name: str) -> dict[str, Label]:
    """Say again what counted before the labels; nothing is ever removed.

    Raises SquatwatchError as `judge` does, JudgedMeanwhile where a colleague's word would be undone unasked.
    """
    _rows(settings, undoing.run_date, undoing.labels)
    return colleagues.undo(label_store(settings), undoing.labels, undoing.seen, user_name)


def detection_row(settings: Settings, run_date: date, detection_id: str) -> DetectionRow:
    """Return the published row of a detection. Raises SquatwatchError where the date has none of that id."""
    return _rows(settings, run_date, [detection_id])[0]


def _rows(settings: Settings, run_date: date, detection_ids: Iterable[str]) -> list[DetectionRow]:
    known = {row.detection_id: row for row in published(settings, run_date).rows}
    wanted = dict.fromkeys(detection_ids)
    for detection_id in wanted:
        if detection_id not in known:
            raise SquatwatchError(
                f"{run_date} has no detection {detection_id!r}; reload the page: it may have been re-run"
            )
    return [known[detection_id] for detection_id in wanted]


def _label(row: DetectionRow, verdict: Verdict, note: str, user_name: str) -> Label:
    return Label(
        row.detection_id, row.domain, row.brand, verdict, user_name, note, row.run_date, row.model_version, row.score
    )
