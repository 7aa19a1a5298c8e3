"""The part of a data root that a step works on: what has to be on the machine, so that all else may stay away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True)
class Before:
    """The last `count` dates before a step's that have these tables; a step reads of them these and `others`."""

    count: int
    tables: Sequence[str]
    others: Sequence[str] = ()


@dataclass(frozen=True)
class Scope:
    """The part of a data root that a step works on. `dates` None: all of them."""

    dates: Sequence[date] | None = None
    before: Before | None = None
    warehouse: Literal["tables", "views"] | None = None  # what it needs of the warehouse; publishing needs its tables
    zones: bool = False  # whether it needs snapshots of zones, which are large
    shards: bool = False  # whether it needs what was made of shards, to put a date together or to remove them
