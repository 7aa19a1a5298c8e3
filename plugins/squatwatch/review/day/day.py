"""One date as analysts see it: its detections with what was said of them, counted, filtered, a page at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from squatwatch.database import has_database
from squatwatch.enrichment.changes import change
from squatwatch.enrichment.lookup import Lookup
from squatwatch.enrichment.store import lookups_of
from squatwatch.labels.store import Label, label_store
from squatwatch.review.day.rows import Published, Row, published
from squatwatch.review.day.states import STATES, state_of
from squatwatch.settings import Settings

PAGE = 50  # detections


class Detection(NamedTuple):
    """A row, its state, and the label that counts, None where there is none.

    `lookup` is the newest, None where the name was never looked up; `woken` says what has happened since it was judged.
    """

    row: Row
    state: str
    label: Label | None
    lookup: Lookup | None = None
    woken: str = ""


@dataclass(frozen=True)
class Choice:
    """What to show of a date: "" is everything. `q`: text in the name, defanged or not, the reason or the note."""

    brand: str = ""
    technique: str = ""
    state: str = ""
    q: str = ""
    page: int = 1

    def fits(self, detection: Detection, but: str = "") -> bool:
        """Whether the detection is to be shown; `but` names a choice that is left out of account."""
        row, said = detection.row, detection.label
        if self.q:
            text = "\n".join((row.domain, row.domain_unicode, row.brand, row.reason or "", said.note if said else ""))
            if self.q.replace("[.]", ".").casefold() not in text.casefold():
                return False
        return (
            (but == "brand" or self.brand in ("", row.brand))
            and (but == "technique" or self.technique in ("", row.technique))
            and (but == "state" or self.state in ("", detection.state))
        )


@dataclass(frozen=True)
class DayView:
    """The detections of the page, and what was counted: by brand and technique the chosen, by state all that fit."""

    run_date: date
    published: Published
    all: Sequence[Detection]
    page: Sequence[Detection]
    page_number: int
    page_count: int
    fitting: int
    brands: Sequence[tuple[str, int]]
    techniques: Sequence[tuple[str, int]]
    states: dict[str, int] = field(default_factory=dict)

    @property
    def judged(self) -> int:
        return sum(each.state not in ("New", "Changed") for each in self.all)


def detections_of(settings: Settings, run_date: date) -> list[Detection]:
    """What the date flags, and what somebody has judged that it does not: Changed ones first, then by falling score.

    Labels and lookups are read anew.
    """
    rows = published(settings, run_date).rows
    labels = (
        label_store(settings).current([row.detection_id for row in rows]) if rows and has_database(settings) else {}
    )
    shown = [row for row in rows if row.is_detection or row.detection_id in labels]
    lookups = lookups_of(settings, [row.domain for row in shown]) if shown else {}
    found = [_detection(row, labels.get(row.detection_id), lookups.get(row.domain, [])) for row in shown]
    return sorted(found, key=lambda each: each.state != "Changed")


def _detection(row: Row, label: Label | None, lookups: Sequence[Lookup]) -> Detection:
    woken = change(lookups, label.labelled_at) if label and label.labelled_at else ""
    return Detection(row, state_of(row, label, woken), label, lookups[-1] if lookups else None, woken)


def view(settings: Settings, run_date: date, choice: Choice) -> DayView:
    """The page that was chosen; the last one where there are fewer."""
    found = detections_of(settings, run_date)
    fitting = [each for each in found if choice.fits(each)]
    page_count = max(1, -(-len(fitting) // PAGE))
    number = min(max(choice.page, 1), page_count)
    return DayView(
        run_date,
        published(settings, run_date),
        found,
        fitting[(number - 1) * PAGE : number * PAGE],
        number,
        page_count,
        len(fitting),
        Counter(each.row.brand for each in found if choice.fits(each, "brand")).most_common(),
        Counter(each.row.technique or "" for each in found if choice.fits(each, "technique")).most_common(),
        state_counts([each for each in found if choice.fits(each, "state")]),
    )


def state_counts(found: Sequence[Detection]) -> dict[str, int]:
    counted = Counter(each.state for each in found)
    return {state: counted[state] for state in STATES}
