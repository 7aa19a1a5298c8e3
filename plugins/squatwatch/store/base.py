"""The few things that are asked of a store, whatever keeps the objects."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Store(Protocol):
    """Objects under keys such as `commits/run_date=2024-06-13/00000007.json`. Each is there whole or not at all."""

    def get(self, key: str, into: Path) -> None:
        """Write the object to a file. Raises Missing where it is not there."""

    def create(self, key: str, source: Path) -> bool:
        """Put the file as a new object; return whether it is the one that is there now.

        False where another one was there before: nothing is ever replaced. True as well where a lost answer made us
        ask twice.
        """

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with the prefix, sorted."""

    def delete(self, key: str) -> None:
        """Remove the object, if it is there."""
