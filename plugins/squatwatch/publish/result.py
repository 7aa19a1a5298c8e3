"""What a publish did, and the sentences about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from squatwatch.state.status import State
from squatwatch.wording import first_few

TOLD_STATES: tuple[State, ...] = ("partial", "outdated", "damaged")
MOST_LINES = 5  # of a kind


@dataclass(frozen=True)
class Published:
    """What a publish did, and what somebody should look at."""

    path: Path
    date_count: int
    changed: Sequence[date]  # dates that are new or of which a file changed
    held_back: Mapping[date, str]  # why a date stays as it was published
    states: Mapping[State, int]  # dates by state
    refresh_command: str | None  # brings all dates up to date
    warnings: Sequence[str]  # of dbt's tests
    stopped: Sequence[str] = ()  # what stops dates whose feeds were checked again before

    def __str__(self) -> str:
        """Return one line: the counts, then everything that somebody should look at."""
        held_back = [f"{run_date} stays as it was published: {why}" for run_date, why in self.held_back.items()]
        return "; ".join(
            [
                f"{self.path}: {self.date_count} dates, {len(self.changed)} of them new or changed",
                *first_few(self.stopped, MOST_LINES, "more like this: squatwatch health --date DATE shows them"),
                *first_few(held_back, MOST_LINES, "more like this: squatwatch status shows them"),
                *self._to_refresh(),
                *self.warnings,
            ]
        )

    def _to_refresh(self) -> list[str]:
        counted = [f"{self.states[state]} {state}" for state in TOLD_STATES if self.states.get(state)]
        return [f"{' and '.join(counted)}; run: {self.refresh_command}"] if counted else []
