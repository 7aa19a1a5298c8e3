"""Judged names of other dates that have woken up: they are at the top of those dates, and somebody has to know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from squatwatch.database.place import has_database
from squatwatch.enrichment.changes import changes_since
from squatwatch.enrichment.enrich import is_rechecked
from squatwatch.labels.store import label_store
from squatwatch.settings import Settings


def woken_elsewhere(settings: Settings, run_date: date) -> Mapping[date, int]:
    """Return `{date: count}` of names that have changed since they were judged, the newest date first.

    Without the date that is shown; empty where no name is looked up (SQUATWATCH_ENRICH).
    """
    if not settings.enrich or not has_database(settings):
        return {}
    labels = [label for label in label_store(settings).current().values() if is_rechecked(label)]
    changed = changes_since(settings, {label.domain: label.labelled_at for label in labels if label.labelled_at})
    counts: dict[date, int] = {}
    for label in labels:
        if label.domain in changed and label.run_date and label.run_date != run_date:
            counts[label.run_date] = counts.get(label.run_date, 0) + 1
    return dict(sorted(counts.items(), reverse=True))
