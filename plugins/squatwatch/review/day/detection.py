"""A detection as the page shows it: its row, and what analysts, the allowlist and registries say of it."""

from __future__ import annotations

from typing import NamedTuple

from squatwatch.enrichment.lookup import Lookup
from squatwatch.labels.label import Label
from squatwatch.lists.excuses import Excuse
from squatwatch.names.hostile_text import defanged, visible
from squatwatch.review.day.rows import DetectionRow
from squatwatch.review.day.states import ALLOWLISTED

ANALYST = "analyst: "  # what the column allowlist_reason begins with where an analyst's entry excuses the name


class Detection(NamedTuple):
    """A row, its state, and the label that counts, None where there is none.

    `seen` is the number of the newest label, which may have taken the others back; 0 where there is none. `lookup` is
    the newest, None where the name was never looked up. `woken` says what has happened since it was judged. `excuse` is
    what the allowlist of now says.
    """

    row: DetectionRow
    state: str
    label: Label | None
    seen: int = 0
    lookup: Lookup | None = None
    woken: str = ""
    excuse: Excuse | None = None

    @property
    def is_set_aside(self) -> bool:
        """Tell whether it is known to the page only because it could be taken off the allowlist."""
        return self.state == ALLOWLISTED and not self.row.is_detection


def excuse_words(detection: Detection) -> str:
    """Return what the allowlist of now says of a detection, where the date's run did not know it; else ""."""
    row, excuse = detection.row, detection.excuse
    if excuse is None:
        return "raises an alarm again from the next run on" if (row.allowlist_reason or "").startswith(ANALYST) else ""
    entry = "" if excuse.domain == row.domain else f" by {defanged(excuse.domain)}"
    since = " from the next run on" if row.is_detection else ""
    until = f", until {excuse.expires_on}" if excuse.expires_on else ""
    return f"allowlisted{entry}{since}{until}: {visible(excuse.reason)}"
