"""Pages of a date's detections, found by a place in their order and not by a count of rows.

A filter on states loses rows while they are judged. The place after the last row of a page stays where it was, so the
next page begins there, whatever has left the filter meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from squatwatch.review.day.detection import Detection
from squatwatch.review.day.folding import AT_THE_END
from squatwatch.review.day.states import CHANGED

PAGE = 50  # detections
PARTS = {taken_for: part for part, taken_for in enumerate(AT_THE_END, 1)}  # of the list; 0 is that before the end
SEPARATOR = "~"  # no domain, brand or number has it


class Place(NamedTuple):
    """A place in the order of detections: changed ones first, those that are taken for uses or others last.

    In between by falling priority, with a wave where the first name of it stands; then by falling score,
    domain and brand. Where a date was not ranked all are alone and none is likelier than another.
    """

    is_settled: bool
    part: int
    minus_wave_priority: float
    wave_id: str
    minus_priority: float
    minus_score: float
    domain: str
    brand: str

    def as_text(self) -> str:
        """Return the place as a link has it."""
        numbers = (self.minus_wave_priority, self.minus_priority, self.minus_score)
        texts = (str(int(self.is_settled)), str(self.part), *map(repr, numbers), self.wave_id, self.domain, self.brand)
        return SEPARATOR.join(texts)


class Page(NamedTuple):
    """`detections` of the page, `first` the number of its first one from 1, and where the neighbours begin, if any."""

    detections: Sequence[Detection]
    first: int
    before: str
    after: str

    @property
    def last(self) -> int:
        """The number of its last detection."""
        return self.first + len(self.detections) - 1


def place_of(detection: Detection) -> Place:
    """Return the place of a detection as it is now."""
    row, ranking, is_settled = detection.row, detection.row.ranking, detection.state != CHANGED
    if ranking is None:
        return Place(is_settled, 0, 0.0, "", 0.0, -row.score, row.domain, row.brand)
    part, lead, wave_id = PARTS.get(ranking.taken_for or "", 0), -ranking.wave_priority, ranking.wave_id or ""
    return Place(is_settled, part, lead, wave_id, -ranking.priority, -row.score, row.domain, row.brand)


def place_at(text: str) -> Place | None:
    """Return the place that a link names, None where it names none."""
    try:
        settled, part, lead, priority, score, wave_id, domain, brand = text.split(SEPARATOR, 7)
        return Place(settled != "0", int(part), float(lead), wave_id, float(priority), float(score), domain, brand)
    except ValueError:
        return None


def page_of(detections: Sequence[Detection], after: str = "", before: str = "") -> Page:
    """Return the page that begins after a place, or ends before one, of detections in their order.

    Of both the first counts. Without a place it is the first page. Where less than a page is left before a place it is
    the first page, where nothing is left after one the last page, each filled up to a whole page.
    """
    places = [place_of(detection) for detection in detections]
    start = _start(places, place_at(after), place_at(before))
    on_page = detections[start : start + PAGE]
    return Page(
        on_page,
        start + 1,
        places[start].as_text() if start > 0 else "",
        places[start + PAGE - 1].as_text() if start + PAGE < len(places) else "",
    )


def _start(places: Sequence[Place], after: Place | None, before: Place | None) -> int:
    if after:
        start = sum(place <= after for place in places)
        return start if start < len(places) else max(0, len(places) - PAGE)
    if before:
        return max(0, sum(place < before for place in places) - PAGE)
    return 0
