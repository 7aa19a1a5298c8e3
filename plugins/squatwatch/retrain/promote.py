"""Promotion and rollback: another model comes into use, and its thresholds are fitted to the alarm budgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from squatwatch import pipeline
from squatwatch.detect.calibrate import Calibrated
from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import Lake
from squatwatch.models.registry import GENERAL, SHIPPED, families, family, keep_artifact, shipped_version, use
from squatwatch.retrain.attempt import Attempt, attempts, attempts_of
from squatwatch.retrain.results import Promoted, Rescored
from squatwatch.settings import Settings, read_settings
from squatwatch.state.commands import next_command
from squatwatch.state.status import statuses_of

CALIBRATED_ON = 14  # newest dates
LEAST_DATES = 7  # fewer do not make thresholds that last


def promote(
    settings: Settings,
    version: str,
    user_name: str,
    tell: Callable[[object], None],
    family_name: str | None = None,
) -> Promoted:
    """Use the attempt's artifact from now on; doing it twice changes nothing more.

    `tell` is given the results of the steps on the way.

    Raises SquatwatchError where no attempt or kept model has this version, several families have it and none is named,
    or SQUATWATCH_MODEL says what is in use.
    """
    name = family_name or _family_with(settings.home, version)
    _demand_no_fixed_model(settings.home, name)
    for attempt in reversed(attempts_of(settings.home, name)):
        if attempt.state.get("version") == version:
            register(settings, attempt)
            attempt.note(decision="promoted", decided_by=user_name)
            break
    return _use(settings, name, version, user_name, tell)


def _family_with(home: Path, version: str) -> str:
    """Return the family that has a version, the general one where none has."""
    names = {kept.name for kept in families(home) if version in kept.versions()}
    names |= {attempt.family for attempt in attempts(home) if attempt.state.get("version") == version}
    if len(names) > 1:
        raise SquatwatchError(
            f"{version} is one of {' and '.join(sorted(names))}; say which: squatwatch promote {version} --model NAME"
        )
    return names.pop() if names else GENERAL


def register(settings: Settings, attempt: Attempt) -> None:
    """Keep the attempt's artifact among the versions of its family; that does not put it to use."""
    keep_artifact(settings.home, attempt.family, attempt.artifact, attempt.state["version"])


def decline(attempt: Attempt, user_name: str, why: str) -> None:
    """Note who declined the attempt, and why."""
    attempt.note(decision="declined", decided_by=user_name, declined_because=why)


def rollback(
    settings: Settings, user_name: str, tell: Callable[[object], None], family_name: str = GENERAL
) -> Promoted:
    """Use the model of the family that was in use before. Raises SquatwatchError where none was."""
    _demand_no_fixed_model(settings.home, family_name)
    return _use(settings, family_name, family(settings.home, family_name).previous(), user_name, tell)


def _use(settings: Settings, name: str, version: str, user_name: str, tell: Callable[[object], None]) -> Promoted:
    use(settings.home, name, version, user_name)
    dates = Lake(settings.home).dates("candidates")[-CALIBRATED_ON:]
    calibrated = _calibrate(settings, dates, tell) if len(dates) >= LEAST_DATES else None
    tell(pipeline.publish(settings))
    statuses = statuses_of(settings, pipeline.model_version(settings))
    outdated = sum(status.state == "outdated" for status in statuses)
    named = f"{name}/{version}" if name != GENERAL else shipped_version() if version == SHIPPED else version
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


def _demand_no_fixed_model(home: Path, name: str) -> None:
    if name == GENERAL and "model" in read_settings(home=home).model_fields_set:
        raise SquatwatchError("SQUATWATCH_MODEL says which model is in use; unset it to promote or roll back one")
