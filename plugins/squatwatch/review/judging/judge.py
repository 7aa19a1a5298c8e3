"""What an analyst says of detections becomes labels. What a detection is, the warehouse says, not the browser."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from squatwatch.errors import SquatwatchError
from squatwatch.labels.store import LONGEST_NOTE, Label, label_store
from squatwatch.review.day.day import Detection, detections_of
from squatwatch.review.day.rows import Row, published
from squatwatch.settings import Settings

Verdict = Literal["squat", "not_squat", "watch", "own"]
Note = Annotated[str, Field(max_length=LONGEST_NOTE)]
MOST = 1000  # detections that are judged at once


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Judgement(Strict):
    """One verdict on one or many detections of a date. Without a note each keeps the note that it has."""

    run_date: date
    detection_ids: list[str] = Field(min_length=1, max_length=MOST)
    verdict: Verdict
    note: Note | None = None


class Earlier(Strict):
    """What counted of a detection before; no verdict where nothing did."""

    detection_id: str
    verdict: Verdict | None
    note: Note = ""


class Restoring(Strict):
    run_date: date
    earlier: list[Earlier] = Field(min_length=1, max_length=MOST)


class Outcome(BaseModel):
    """`earlier` is what `restore` takes to undo it; `now` the detections with their new states."""

    earlier: list[Earlier]
    now: list[Detection]

    model_config = ConfigDict(arbitrary_types_allowed=True)


def judge(settings: Settings, judgement: Judgement, user_name: str) -> Outcome:
    """Raises SquatwatchError where an id is no detection of the date; then nothing is said of any of them."""
    rows = _rows(settings, judgement.run_date, judgement.detection_ids)
    before = label_store(settings).current(rows)
    notes = {id_: judgement.note if judgement.note is not None else _note(before.get(id_)) for id_ in rows}
    labels = [_label(row, judgement.verdict, notes[id_], user_name) for id_, row in rows.items()]
    return _said(settings, judgement.run_date, rows, labels, before)


def restore(settings: Settings, restoring: Restoring, user_name: str) -> Outcome:
    """Says again what was said earlier, or takes back what was said; nothing is ever removed."""
    wanted = {earlier.detection_id: earlier for earlier in restoring.earlier}
    rows = _rows(settings, restoring.run_date, list(wanted))
    before = label_store(settings).current(rows)
    labels = [_label(row, wanted[id_].verdict, wanted[id_].note, user_name) for id_, row in rows.items()]
    return _said(settings, restoring.run_date, rows, labels, before)


def _said(
    settings: Settings, run_date: date, rows: dict[str, Row], labels: Sequence[Label], before: dict[str, Label]
) -> Outcome:
    label_store(settings).add(labels)
    earlier = [
        Earlier(detection_id=id_, verdict=before[id_].verdict if id_ in before else None, note=_note(before.get(id_)))
        for id_ in rows
    ]
    return Outcome(
        earlier=earlier, now=[each for each in detections_of(settings, run_date) if each.row.detection_id in rows]
    )


def _rows(settings: Settings, run_date: date, detection_ids: Sequence[str]) -> dict[str, Row]:
    known = {row.detection_id: row for row in published(settings, run_date).rows}
    for detection_id in detection_ids:
        if detection_id not in known:
            raise SquatwatchError(
                f"{run_date} has no detection {detection_id!r}; reload the page: it may have been re-run"
            )
    return {detection_id: known[detection_id] for detection_id in detection_ids}


def _label(row: Row, verdict: str | None, note: str, user_name: str) -> Label:
    return Label(
        row.detection_id, row.domain, row.brand, verdict, user_name, note, row.run_date, row.model_version, row.score
    )


def _note(label: Label | None) -> str:
    return label.note if label else ""
