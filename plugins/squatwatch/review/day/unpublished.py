"""The reason why a date shows no detections: what its files in the lake say, where nothing of it is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from squatwatch.errors import SquatwatchError
from squatwatch.settings import Settings


class Unpublished(NamedTuple):
    """`state` and `reasons` as `squatwatch status` has them; `checks` are the rows of feed_health, as dictionaries."""

    state: str
    reasons: Sequence[str]
    checks: Sequence[Mapping[str, Any]] = ()


def unpublished(settings: Settings, run_date: date) -> Unpublished:
    """Return what is known of the date. A setting or a file that cannot be read is its reason."""
    from squatwatch.pipeline import status

    try:
        now = status(settings, run_date)
        return Unpublished(now.state, now.reasons, _checks(settings.home, run_date))
    except SquatwatchError as error:
        return Unpublished("unknown", [str(error)])


def _checks(home: Path, run_date: date) -> list[dict[str, Any]]:
    from squatwatch.errors import Missing
    from squatwatch.lake.partitions import Lake

    try:
        return Lake(home).read("feed_health", run_date).sort("source", "check_name").to_dicts()
    except Missing:
        return []
