"""Answers to posts: detections as they are now, in the words of the page."""

from __future__ import annotations

from typing import Any

from squatwatch.names.hostile_text import defanged, visible
from squatwatch.review.day.detection import Detection, excuse_words
from squatwatch.review.day.freshness import Stale
from squatwatch.review.day.states import STATE_WORDS


def shown(detection: Detection) -> dict[str, Any]:
    """Return a detection's values that a post can change, ready to be shown."""
    label, excuse = detection.label, detection.excuse
    return {
        "detection_id": detection.row.detection_id,
        "name": defanged(detection.row.domain_unicode),
        "seen": detection.seen,
        "state": detection.state,
        "state_words": STATE_WORDS[detection.state],
        "note": visible(label.note) if label else "",
        "by": f"{visible(label.user_name)}, {label.labelled_at:%Y-%m-%d %H:%M} UTC" if label else "",
        "excused_by": excuse.domain if excuse and excuse.kind == "analyst" else "",
        "excuse": excuse_words(detection),
    }


def stale_words(stale: Stale) -> dict[str, Any]:
    """Return what the page says of dates that are out of date."""
    dates = f"{stale.first}" if stale.date_count == 1 else f"{stale.date_count} dates, {stale.first} to {stale.last},"
    return {"dates": dates, "are": "is" if stale.date_count == 1 else "are", "command": stale.command}
