"""The evidence that a check looks at, and its finding. The rules say what a figure may be."""

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
        """Tell whether there are enough earlier dates to know what is usual."""
        return len(self.past) >= self.history.usual_from_dates

    @property
    def too_little(self) -> str:
        """The end of a sentence about a check that has too few dates to compare with."""
        return f"{len(self.past)} earlier date{'s' * (len(self.past) != 1)}, too few to compare with"


@dataclass(frozen=True)
class Finding:
    """A check's finding: `figure` is None where there is too little history, `usual` where there is none or no need.

    `detail` is a sentence for people. `written` is the format of a limit in such a sentence, empty where no limit is
    needed there.
    """

    figure: float | None
    detail: str
    history_count: int = 0
    usual: float | None = None
    written: str = "{:.2%}"


Check = Callable[[Evidence, Any], Finding]  # of a source's lists and the check's own rule
