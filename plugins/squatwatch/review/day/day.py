"""One date as analysts see it: its detections with what was said of them, counted, filtered, a page at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date

from squatwatch.database.place import has_database
from squatwatch.enrichment.changes import change
from squatwatch.enrichment.lookup import Lookup
from squatwatch.enrichment.store import lookups_of
from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store
from squatwatch.lists.excuses import Excuse
from squatwatch.review.day.detection import ANALYST, Detection
from squatwatch.review.day.excused import excuses_of_now
from squatwatch.review.day.paging import Page, page_of, place_of
from squatwatch.review.day.rows import DetectionRow, PublishedDate, published
from squatwatch.review.day.states import STATE_WORDS, TO_JUDGE, state_of
from squatwatch.settings import Settings


@dataclass(frozen=True)
class Choice:
    """A choice of a date's detections: "" is everything. `q`: text in the name, defanged or not, the reason or note.

    `after` and `before` are places in the order of detections, as links between pages have them.
    """

    brand: str = ""
    technique: str = ""
    state: str = ""
    q: str = ""
    after: str = ""
    before: str = ""

    def fits(self, detection: Detection, but: str = "") -> bool:
        """Tell whether the detection is to be shown; `but` names a choice that is left out of account."""
        row, label = detection.row, detection.label
        if self.q:
            notes = (row.ranking.note if row.ranking else "", label.note if label else "")
            text = "\n".join((row.domain, row.domain_unicode, row.brand, row.reason or "", *notes))
            if self.q.replace("[.]", ".").casefold() not in text.casefold():
                return False
        return (
            (but == "brand" or self.brand in ("", row.brand))
            and (but == "technique" or self.technique in ("", row.technique))
            and (but == "state" or (self.state == detection.state if self.state else not detection.is_set_aside))
        )


@dataclass(frozen=True)
class DayView:
    """The detections of the page, and what was counted: by brand and technique the chosen, by state all that fit.

    `all` are those of the date without those that a run has set aside, which are under their state alone.
    """

    run_date: date
    published: PublishedDate
    all: Sequence[Detection]
    page: Page
    fitting: int
    brands: Sequence[tuple[str, int]]
    techniques: Sequence[tuple[str, int]]
    states: dict[str, int]

    @property
    def judged(self) -> int:
        """The number that is no longer waiting for an analyst."""
        return judged_count(self.all)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to list under any state."""
        return not self.all and not any(self.states.values())


def detections_of(settings: Settings, run_date: date, also: Container[str] = ()) -> list[Detection]:
    """Return what the date flags or lifts, and what else of it an analyst or the allowlist spoke of, in order.

    `also` has ids of rows that are wanted whatever is said of them. Labels, lookups and the allowlist are read anew.
    """
    rows = published(settings, run_date).rows
    ids = [row.detection_id for row in rows]
    newest = label_store(settings).latest(ids) if rows and has_database(settings) else {}
    excuses = excuses_of_now(settings)
    examined = [(row, newest.get(row.detection_id), excuses.of(row.domain, run_date)) for row in rows]
    listed = [one for one in examined if _is_listed(*one) or one[0].detection_id in also]
    lookups = lookups_of(settings, [row.domain for row, _, _ in listed]) if listed else {}
    detections = [_detection(row, label, excuse, lookups.get(row.domain, [])) for row, label, excuse in listed]
    return sorted(detections, key=place_of)


def view(settings: Settings, run_date: date, choice: Choice) -> DayView:
    """Return the page that was chosen."""
    detections = detections_of(settings, run_date)
    fitting = [detection for detection in detections if choice.fits(detection)]
    return DayView(
        run_date,
        published(settings, run_date),
        [detection for detection in detections if not detection.is_set_aside],
        page_of(fitting, choice.after, choice.before),
        len(fitting),
        Counter(each.row.brand for each in detections if choice.fits(each, "brand")).most_common(),
        Counter(each.row.technique or "" for each in detections if choice.fits(each, "technique")).most_common(),
        state_counts([detection for detection in detections if choice.fits(detection, "state")]),
    )


def judged_count(detections: Sequence[Detection]) -> int:
    """Return how many are no longer waiting for an analyst."""
    return sum(detection.state not in TO_JUDGE for detection in detections)


def state_counts(detections: Sequence[Detection]) -> dict[str, int]:
    """Return `{state: count}` of all states, in their order."""
    counted = Counter(detection.state for detection in detections)
    return {state: counted[state] for state in STATE_WORDS}


def _is_listed(row: DetectionRow, label: Label | None, excuse: Excuse | None) -> bool:
    if row.is_detection or row.is_lifted or (label and label.verdict):
        return True
    is_by_analyst = excuse.kind == "analyst" if excuse else (row.allowlist_reason or "").startswith(ANALYST)
    return is_by_analyst and row.score >= row.threshold


def _detection(row: DetectionRow, newest: Label | None, excuse: Excuse | None, lookups: Sequence[Lookup]) -> Detection:
    label = newest if newest and newest.verdict else None
    woken = change(lookups, label.labelled_at) if label and label.labelled_at else ""
    state = state_of(row, label, woken, excuse is not None)
    lookup = lookups[-1] if lookups else None
    return Detection(row, state, label, newest.label_id or 0 if newest else 0, lookup, woken, excuse)
