"""What a check looks at and what it finds. What a figure may be is no business of a check; that is in the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from squatwatch.feed_health.history import DayCounts, Seen
from squatwatch.feed_health.rules import History


@dataclass(frozen=True)
class Evidence:
    """One source's list of a date, and the same source's lists of the window before it."""

    today: DayCounts
    past: Sequence[DayCounts]  # oldest first, only dates on which a list came
    seen: Seen
    history: History

    @property
    def has_usual(self) -> bool:
        return len(self.past) >= self.history.usual_from_dates

    @property
    def too_little(self) -> str:
        """The end of a sentence about a check that compares with a history that is too short."""
        return f"{len(self.past)} earlier date{'s' * (len(self.past) != 1)}, too few to compare with"


@dataclass(frozen=True)
class Found:
    """What a check found: `figure` is None where there is too little history, `usual` where there is none or no need.

    `written` is how a limit of it is written in a sentence, empty where the sentence says enough.
    """

    figure: float | None
    detail: str
    history_count: int = 0
    usual: float | None = None
    written: str = "{:.2%}"


Check = Callable[[Evidence, Any], Found]  # of a source's lists and the check's own rule
