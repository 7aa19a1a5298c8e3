"""Promotion and rollback: another model comes into use, and its thresholds are fitted to the alarm budgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from squatwatch import pipeline
from squatwatch.detect.calibrate import Calibrated
from squatwatch.detect.model_registry import SHIPPED, keep_artifact, model_in_use, previous, shipped_model, use
from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import Lake
from squatwatch.retrain.attempt import Attempt, attempts
from squatwatch.retrain.results import Promoted, Rescored
from squatwatch.settings import Settings, read_settings
from squatwatch.state.commands import next_command
from squatwatch.state.status import statuses_of

CALIBRATED_ON = 14  # newest dates
LEAST_DATES = 7  # fewer do not make thresholds that last


def promote(settings: Settings, version: str, user_name: str, tell: Callable[[object], None]) -> Promoted:
    """Use the attempt's artifact from now on; doing it twice changes nothing more.

    `tell` is given the results of the steps on the way.

    Raises SquatwatchError where no attempt or kept model has this version, or SQUATWATCH_MODEL says what is in use.
    """
    _demand_no_fixed_model(settings.home)
    for attempt in reversed(attempts(settings.home)):
        if attempt.state.get("version") == version:
            keep_artifact(settings.home, attempt.artifact, version)
            attempt.note(decision="promoted", decided_by=user_name)
            break
    return _use(settings, version, user_name, tell)


def decline(attempt: Attempt, user_name: str, why: str) -> None:
    """Note who declined the attempt, and why."""
    attempt.note(decision="declined", decided_by=user_name, declined_because=why)


def rollback(settings: Settings, user_name: str, tell: Callable[[object], None]) -> Promoted:
    """Use the model that was in use before. Raises SquatwatchError where none was."""
    _demand_no_fixed_model(settings.home)
    return _use(settings, previous(settings.home), user_name, tell)


def _use(settings: Settings, version: str, user_name: str, tell: Callable[[object], None]) -> Promoted:
    use(settings.home, version, user_name)
    model = model_in_use(settings.home) or shipped_model()
    settings = settings.model_copy(update={"model": model})
    dates = Lake(settings.home).dates("candidates")[-CALIBRATED_ON:]
    calibrated = _calibrate(settings, dates, tell) if len(dates) >= LEAST_DATES else None
    tell(pipeline.publish(settings))
    statuses = statuses_of(settings, pipeline.model_version(settings))
    outdated = sum(status.state == "outdated" for status in statuses)
    named = pipeline.model_version(settings) if version == SHIPPED else version
    command = next_command(settings, statuses) if outdated else None
    return Promoted(named, len(dates), calibrated, outdated, command)


def _calibrate(settings: Settings, dates: Sequence[date], tell: Callable[[object], None]) -> Calibrated:
    """Score the dates, fit the brands' thresholds to their budgets on them, and apply the thresholds to them."""
    for run_date in dates:
        pipeline.score(settings, run_date)
    calibrated = pipeline.calibrate(settings, dates[0], dates[-1])
    for run_date in dates:
        tell(Rescored(run_date, pipeline.score(settings, run_date)))
    return calibrated


def _demand_no_fixed_model(home: Path) -> None:
    if "model" in read_settings(home=home).model_fields_set:
        raise SquatwatchError("SQUATWATCH_MODEL says which model is in use; unset it to promote or roll back one")
