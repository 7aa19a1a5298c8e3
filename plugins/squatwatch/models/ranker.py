"""The ranker's file: SQUATWATCH_RANKER's, or the one beside `squatwatch_ml`, found without importing it."""

from __future__ import annotations

from pathlib import Path

from squatwatch.models.registry import shipped_model
from squatwatch.settings import Settings

NO_RANKER = Path("none")  # what SQUATWATCH_RANKER says where dates are not to be ranked
SHIPPED = Path("shipped_ranker/ranker.json")


def ranker_path(settings: Settings) -> Path | None:
    """Return the file of the ranker in use, None where ranking is switched off. It may be missing."""
    if settings.ranker == NO_RANKER:
        return None
    return settings.ranker or shipped_model().parent / SHIPPED
