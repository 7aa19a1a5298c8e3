"""The result of a move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Moved:
    """A data root that is in another place now, and still in the one where it was."""

    source: str
    target: str
    date_count: int
    file_count: int  # those of dates, and those that dates share
    size: int  # of these, in bytes
    there_before: int  # files that an interrupted move had brought
    is_published: bool  # whether the warehouse came along
    left: Sequence[str]  # names in the source that were not moved
