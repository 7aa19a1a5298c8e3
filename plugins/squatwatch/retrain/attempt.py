"""One attempt at a better network: a folder named after the newest label that it knows.

`<home>/retraining/labels-N` for the general network, `<home>/retraining/<family>/labels-N` for that of a family.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from squatwatch.errors import SquatwatchError
from squatwatch.labels.store import read_labels
from squatwatch.lake.partitions import atomic
from squatwatch.lists.brands import read_models
from squatwatch.lists.brands_in_force import brands_path
from squatwatch.models.registry import GENERAL
from squatwatch.settings import Settings

A_WEEK = timedelta(days=7)
LEAST_LABELS = 10  # that a network is trained with


@dataclass(frozen=True)
class Attempt:
    """The folder of one attempt and the files in it, and the family whose network it is about."""

    folder: Path
    family: str = GENERAL

    labels = property(lambda self: self.folder / "labels.csv")
    held_out = property(lambda self: self.folder / "held_out.csv")
    neighbours = property(lambda self: self.folder / "neighbours.csv")
    background = property(lambda self: self.folder / "background.txt")
    everyday = property(lambda self: self.folder / "everyday.txt")
    artifact = property(lambda self: self.folder / "artifact")
    report = property(lambda self: self.folder / "report")

    @property
    def name(self) -> str:
        """Return what the attempt is called: `labels-00000042`, `banks/labels-00000042`."""
        return self.folder.name if self.family == GENERAL else f"{self.family}/{self.folder.name}"

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


def new_attempt(home: Path, family: str, newest_label: int) -> Attempt:
    """Return the attempt of a family that knows the labels up to this one, whether there is any file of it or not."""
    folder = _folder(home) if family == GENERAL else _folder(home) / family
    return Attempt(folder / f"labels-{newest_label:08d}", family)


def attempts(home: Path) -> list[Attempt]:
    """Return all attempts below the data root, the oldest first."""
    root = _folder(home)
    found = [Attempt(path) for path in root.glob("labels-*") if path.is_dir()]
    found += [Attempt(path, path.parent.name) for path in root.glob("*/labels-*") if path.is_dir()]
    return sorted(found, key=lambda attempt: (attempt.newest_label, attempt.family))


def attempts_of(home: Path, family: str) -> list[Attempt]:
    """Return the attempts of a family, the oldest first."""
    return [attempt for attempt in attempts(home) if attempt.family == family]


def attempt_named(home: Path, name: str) -> Attempt:
    """Return the attempt of that name. Raises SquatwatchError where there is none."""
    for attempt in attempts(home):
        if attempt.name == name:
            return attempt
    raise SquatwatchError(f"there is no {_folder(home) / name}; run: squatwatch retrain")


def why_not_due(settings: Settings, family: str = GENERAL) -> str | None:
    """Return why there is no need to train now; None where there is: enough new labels, or some and a week gone by."""
    labels = labels_of(settings, family)
    last = attempts_of(settings.home, family)[-1:]
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


def families_with_brands(settings: Settings) -> list[str]:
    """Return the families that a network is trained for: the general one, and those that the brand list names."""
    return [GENERAL, *sorted(set(read_models(brands_path(settings)).values()) - {GENERAL})]


def labels_of(settings: Settings, family: str) -> pl.DataFrame:
    """Return the labels of the brands that the family's network scores."""
    named = read_models(brands_path(settings))
    others = [brand for brand, model in named.items() if model != family]
    labels = read_labels(settings)
    if family == GENERAL:
        return labels.filter(~pl.col("brand").is_in(others))
    return labels.filter(pl.col("brand").is_in([brand for brand in named if brand not in others]))


def _folder(home: Path) -> Path:
    return home / "retraining"
