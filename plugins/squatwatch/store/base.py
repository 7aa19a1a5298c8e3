"""The few things that are asked of a store, whatever keeps the objects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Listed:
    """An object as a listing has it. What is put over it has another `etag`."""

    key: str
    size: int
    etag: str
    modified_at: datetime  # by the store's own clock


class Created(IntEnum):
    """Outcomes of creating an object: it is true where what is there now is what was to be put."""

    OTHER = 0  # something else was there before
    NOW = 1
    BEFORE = 2  # the same was there before; also where a lost answer made us ask twice


class Store(Protocol):
    """Objects under keys such as `commits/run_date=2024-06-13/00000007.json`. Each is there whole or not at all."""

    def get(self, key: str, into: Path) -> None:
        """Write the object to a file. Raises Missing where it is not there."""

    def create(self, key: str, source: Path) -> Created:
        """Put the file as a new object; return whether it is the one that is there now. Nothing is ever replaced."""

    def put(self, key: str, source: Path) -> str:
        """Put the file, over the object that is there if there is one; return its `etag`."""

    def listing(self, prefix: str) -> list[Listed]:
        """Return the objects whose keys begin with the prefix, by key; the prefix ends where a folder does."""

    def keys(self, prefix: str) -> list[str]:
        """Return these keys alone."""

    def delete(self, key: str) -> None:
        """Remove the object, if it is there."""
