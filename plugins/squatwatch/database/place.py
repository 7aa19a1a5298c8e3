"""The database's place, which is known without loading what reads it."""

from __future__ import annotations

from pathlib import Path

from squatwatch.settings import Settings


def has_database(settings: Settings) -> bool:
    """Tell whether anything can have been written: asking an empty data root makes no database."""
    return settings.database_url is not None or default_path(settings.home).exists()


def default_path(home: Path) -> Path:
    """Return the file of the database where SQUATWATCH_DATABASE_URL names no other."""
    return home / "squatwatch.db"
