"""One attempt at a better network: a folder below `<home>/retraining`, named after the newest label that it knows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from squatwatch.errors import SquatwatchError
from squatwatch.labels.store import read_labels
from squatwatch.lake.partitions import atomic
from squatwatch.settings import Settings

A_WEEK = timedelta(days=7)
LEAST_LABELS = 10  # that a network is trained with


@dataclass(frozen=True)
class Attempt:
    """The folder of one attempt and the files in it."""

    folder: Path

    labels = property(lambda self: self.folder / "labels.csv")
    held_out = property(lambda self: self.folder / "held_out.csv")
    neighbours = property(lambda self: self.folder / "neighbours.csv")
    background = property(lambda self: self.folder / "background.txt")
    everyday = property(lambda self: self.folder / "everyday.txt")
    artifact = property(lambda self: self.folder / "artifact")
    report = property(lambda self: self.folder / "report")

    @property
    def newest_label(self) -> int:
        """Return the id of the newest label that the attempt knows."""
        return int(self.folder.name.removeprefix("labels-"))

    @property
    def state(self) -> dict[str, Any]:
        """Return what is known of it so far: collected_at, version, objections, summary, decision."""
        path = self.folder / "attempt.json"
        state: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
        return state

    def note(self, **values: object) -> None:
        """Add values to the state that is kept in the folder of the attempt."""
        with atomic(self.folder / "attempt.json") as temporary:
            temporary.write_text(json.dumps({**self.state, **values}, indent=2) + "\n")


def attempts(home: Path) -> list[Attempt]:
    """Return all attempts below the data root, the oldest first."""
    folders = [Attempt(path) for path in (home / "retraining").glob("labels-*") if path.is_dir()]
    return sorted(folders, key=lambda attempt: attempt.newest_label)


def attempt_named(home: Path, name: str) -> Attempt:
    """Return the attempt of that name. Raises SquatwatchError where there is none."""
    for attempt in attempts(home):
        if attempt.folder.name == name:
            return attempt
    raise SquatwatchError(f"there is no {home / 'retraining' / name}; run: squatwatch retrain")


def why_not_due(settings: Settings) -> str | None:
    """Return why there is no need to train now; None where there is: enough new labels, or some and a week gone by."""
    labels = read_labels(settings)
    last = attempts(settings.home)[-1:]
    seen = last[0].newest_label if last else 0
    new_count = labels.filter(labels["label_id"] > seen).height
    if not new_count:
        return "no labels have come since the last training"
    if labels.filter("is_current").height < LEAST_LABELS:
        return f"{labels.filter('is_current').height} labels are too few to learn from: {LEAST_LABELS} are needed"
    if new_count >= settings.retrain_labels:
        return None
    since = datetime.fromisoformat(last[0].state["collected_at"]) if last and last[0].state else None
    if since and datetime.now(UTC) - since < A_WEEK:
        return (
            f"{new_count} labels have come since {since:%Y-%m-%d}: it is time at "
            f"{settings.retrain_labels} (SQUATWATCH_RETRAIN_LABELS), or a week after the last training"
        )
    return None
