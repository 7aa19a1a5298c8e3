"""Rows of the warehouse, days and scores as text, for the brand and the model views."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from squatwatch.settings import Settings

DAYS = 30  # what a page looks back on


def rows(home: Path, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
    """Return the rows of one SELECT as dictionaries; none where nothing was published yet."""
    from squatwatch.warehouse.connection import ask, warehouse_path

    if not warehouse_path(home).is_file():
        return []
    names, values = ask(home, sql, parameters)
    return [dict(zip(names, row, strict=True)) for row in values]


def rows_with_labels(settings: Settings, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
    """Return the rows of one SELECT that may also read the table `newest_labels`: the labels that count now."""
    from squatwatch.labels.store import read_labels
    from squatwatch.warehouse.connection import ask, warehouse_path

    if not warehouse_path(settings.home).is_file():
        return []
    labels = (
        read_labels(settings).filter("is_current").select("detection_id", "verdict", "is_squat", "note", "user_name")
    )
    names, values = ask(settings.home, sql, parameters, {"newest_labels": labels})
    return [dict(zip(names, row, strict=True)) for row in values]


def newest(home: Path) -> tuple[date, str] | None:
    """Return the newest date that was scored and the model that scored it.

    score_drift has a row for each scored date and is a table: it answers sooner than views over the dates' files. For
    the same reason detections are read from `scored.detections`, which does not look up when a name was seen before.
    """
    scored = rows(home, "select run_date, model_version from score_drift order by run_date desc limit 1")
    return (scored[0]["run_date"], scored[0]["model_version"]) if scored else None


def days_up_to(last: date, count: int = DAYS) -> list[date]:
    """Return the calendar's days up to the last, those without a run too: a gap must not look like a quiet day."""
    return [last - timedelta(days=n) for n in reversed(range(count))]


def score_text(score: float) -> str:
    """Return two digits, and as many more as it takes to tell a score near 1 from 1: 0.5, 0.93, 0.9997."""
    if score >= 1:
        return "1"
    nines = next((n for n in range(8) if round(1 - score, 9) >= 10 ** -(n + 1)), 8)
    return f"{int(score * 10 ** (nines + 2) + 1e-6) / 10 ** (nines + 2):.{nines + 2}f}".rstrip("0")
