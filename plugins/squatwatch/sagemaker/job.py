"""A batch transform job: its name, its state, and what it means that it ended."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from squatwatch.errors import SquatwatchError, TryLater

MOST_ATTEMPTS = 99
LONGEST_VERSION = 32  # characters of a model version in a name: SageMaker takes 63 in all
# what a reason begins with where nobody has to change anything before the next attempt
TRANSIENT = ("InternalServerError", "CapacityError", "Internal Server Error")


class JobState(StrEnum):
    """The states that SageMaker has for a job, and one of our own."""

    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    TOO_OLD = "TooOld"  # we have stopped it, because it did not end

    @property
    def is_end(self) -> bool:
        """Tell whether nothing comes after it, or nothing that counts."""
        return self is not JobState.IN_PROGRESS


class TransformJob(NamedTuple):
    """A job as it was when SageMaker was asked; `reason` is its own for having failed."""

    name: str
    state: JobState
    created_at: datetime | None = None
    reason: str = ""


def job_name(model_version: str, inputs: str, attempt: int) -> str:
    """Return the name of an attempt, which SageMaker takes once: same inputs and model, same name.

    `inputs` is the hash of all that the answers depend on.
    """
    version = re.sub("[^a-zA-Z0-9]+", "-", model_version)[:LONGEST_VERSION].strip("-")
    return f"squatwatch-{version}-{inputs[:16]}-{attempt}"


def demand_completed(job: TransformJob, timeout: timedelta, again: str) -> None:
    """Raise where the job ended without answers; `again` is the command that makes the next attempt.

    TryLater where another attempt may succeed as things are, SquatwatchError where somebody has to look first.
    """
    reason = job.reason.strip()[:500] or "SageMaker gives no reason"
    match job.state:
        case JobState.COMPLETED:
            return
        case JobState.STOPPED | JobState.STOPPING:
            raise TryLater(f"somebody stopped the SageMaker job {job.name}; for another one run: {again}")
        case JobState.TOO_OLD:
            raise SquatwatchError(
                f"the SageMaker job {job.name} did not end in {timeout.total_seconds() / 60:g} minutes and was stopped "
                f"(SQUATWATCH_SAGEMAKER_TIMEOUT_MINUTES); look at its log, then run: {again}"
            )
        case JobState.FAILED if reason.startswith(TRANSIENT):
            raise TryLater(f"the SageMaker job {job.name} failed: {reason}; for another one run: {again}")
        case _:
            raise SquatwatchError(f"the SageMaker job {job.name} failed: {reason}; mend that, then run: {again}")
