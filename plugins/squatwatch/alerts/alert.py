"""Alerts: one message about a detection, or those of a wave, the same to every sink and in every format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Literal, get_args
from uuid import NAMESPACE_URL, uuid5

Action = Literal["new", "changed", "revoked"]
ACTIONS: tuple[Action, ...] = get_args(Action)
TakenFor = Literal["squat", "use", "other"]
TAKEN_FOR: tuple[TakenFor, ...] = get_args(TakenFor)


@dataclass(frozen=True)
class Alert:
    """A detection as it was when the alert was queued. All times are UTC.

    `action` is new (a name was flagged), changed (something happened to a name that the sink knows) or revoked (it is
    no squat after all); `cause` says in words what happened, for the last two. `sequence` counts the alerts of a
    detection to one sink from 1. `enrichment` is the newest lookup as a row of the warehouse's table of that name, None
    where the name was never looked up. For `valid_days` after `occurred_at` the name is worth blocking. `others` are
    alerts of its wave that this one tells of too (`alerts.waves`).
    """

    detection_id: str
    action: Action
    sequence: int
    occurred_at: datetime
    cause: str
    run_date: date
    domain: str  # A-label, registrable
    domain_unicode: str
    tld: str
    brand: str
    score: float  # 0 to 1
    threshold: float
    technique: str
    reason: str
    matched_text: str | None
    first_seen_on: date | None
    detected_at: datetime
    model_version: str
    sources: Sequence[str]
    enrichment: Mapping[str, Any] | None = None
    squat: float | None = None  # 0 to 1, as `use` and `other`; all of the ranking is None where the date has none
    use: float | None = None
    other: float | None = None
    taken_for: TakenFor | None = None  # what the queue takes the name for
    wave_id: str | None = None  # the same for names of one brand and shape, None for a name that is alone
    wave_size: int | None = None
    valid_days: int = 90
    others: Sequence[Alert] = ()

    @property
    def alert_id(self) -> str:
        """The alert's id, the same whenever it is sent again, so that a receiver can tell."""
        return str(uuid5(NAMESPACE_URL, f"squatwatch:alert:{self.detection_id}:{self.sequence}"))

    @property
    def finding_id(self) -> str:
        """The id of what a receiver keeps of the alert.

        It is the detection's, so that what is said later replaces it. An alert of several names has its own: what is
        said later of the first name replaces nothing that is said of the others.
        """
        return self.alert_id if self.others else self.detection_id

    def as_json(self) -> str:
        """Return the alert for the outbox, without `others`, which have rows of their own; `alert_of` reads it."""
        values = asdict(replace(self, others=()))
        del values["others"]
        return json.dumps(values, default=lambda moment: moment.isoformat(), ensure_ascii=False, sort_keys=True)


def alert_of(text: str) -> Alert:
    """Return the alert that `as_json` wrote."""
    values = json.loads(text)
    kinds = {field.name: str(field.type) for field in fields(Alert)}
    for name, value in values.items():
        if value is not None and kinds[name].startswith(("datetime", "date")):
            values[name] = (datetime if kinds[name].startswith("datetime") else date).fromisoformat(value)
    return Alert(**values)
