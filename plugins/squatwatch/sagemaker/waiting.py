"""Waiting for a job: here, or elsewhere while nobody holds a worker. Whoever is told to end stops the job."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Protocol

from squatwatch.errors import SquatwatchError, TryLater
from squatwatch.interrupts import termination_as_exit
from squatwatch.sagemaker.job import JobState, TransformJob
from squatwatch.sagemaker.service import SageMaker
from squatwatch.settings import Settings

log = logging.getLogger(__name__)


class StillScoring(SquatwatchError):
    """The job is at work, and whoever asked does not wait here."""

    def __init__(self, job: TransformJob):
        super().__init__(f"the SageMaker job {job.name} is at work")
        self.job = job


class Waiting(Protocol):
    """A way to wait for a job of SageMaker."""

    def note(self, sagemaker: SageMaker, name: str) -> None:
        """Note which job it will be, before it may have been made, so that it can be stopped from then on."""

    def wait(self, job: TransformJob) -> TransformJob:
        """Return the job when it has ended. Raises StillScoring where it is waited for elsewhere."""


class WaitHere:
    """Looks at the job until it has ended. Ctrl-C and SIGTERM stop it."""

    def __init__(self, every: timedelta, timeout: timedelta):
        self._every, self._timeout = every, timeout

    @classmethod
    def of(cls, settings: Settings) -> WaitHere:
        """Return what waits as the settings say."""
        return cls(
            timedelta(seconds=settings.sagemaker_poll_seconds), timedelta(minutes=settings.sagemaker_timeout_minutes)
        )

    def note(self, sagemaker: SageMaker, name: str) -> None:
        """Note whom to ask."""
        self._sagemaker = sagemaker

    def wait(self, job: TransformJob) -> TransformJob:
        """Return the job when it has ended."""
        try:
            with termination_as_exit():
                log.info("waiting for the SageMaker job %s: %s", job.name, job.state)
                while (ended := ended_job(self._sagemaker, job.name, self._timeout)) is None:
                    sleep(self._every.total_seconds())
                log.info("the SageMaker job %s has ended: %s", job.name, ended.state)
                return ended
        except (KeyboardInterrupt, SystemExit):
            log.warning("stopping the SageMaker job %s", job.name)
            self._sagemaker.stop(job.name)
            raise


def ended_job(
    sagemaker: SageMaker, name: str, timeout: timedelta, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> TransformJob | None:
    """Return the job if it has ended, else None. One that is older than the timeout is stopped.

    SageMaker that does not answer is asked again next time. Raises SquatwatchError where it refuses.
    """
    try:
        job = sagemaker.describe(name)
        if job and not job.state.is_end:
            if job.created_at and now() - job.created_at > timeout:
                sagemaker.stop(name)
                return job._replace(state=JobState.TOO_OLD)
            return None
    except TryLater as error:
        log.warning("%s", error)
        return None
    return job or TransformJob(name, JobState.FAILED, reason="there is no job of that name")
