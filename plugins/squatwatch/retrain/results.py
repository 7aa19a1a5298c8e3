"""The result of promoting a model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from squatwatch.detect.by_shard import ShardMade
from squatwatch.detect.calibrate import Calibrated
from squatwatch.detect.score import Detected


@dataclass(frozen=True)
class Promoted:
    """The model that is in use now.

    `calibrated` is how its thresholds were fitted, on the newest `date_count` dates; None where these were too few.
    `outdated` is the number of dates made with other models or settings, and `command` refreshes them.
    """

    version: str
    date_count: int
    calibrated: Calibrated | None
    outdated: int
    command: str | None


@dataclass(frozen=True)
class Rescored:
    """A date that was scored anew, by the model that is in use now."""

    run_date: date
    detected: Detected | ShardMade
