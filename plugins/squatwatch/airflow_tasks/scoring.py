"""The task `score`, and how it waits for a job of SageMaker: without a worker, and without leaving the job behind.

The task is deferred while the job is at work. When the job has ended it runs again from the start, finds the same job
by its name, and takes the answers. Whoever clears the task, or marks it, stops the job.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from airflow.sdk import Context
from airflow.triggers.base import BaseTrigger, TriggerEvent

from squatwatch.airflow_tasks.daily import ShardOperator
from squatwatch.airflow_tasks.failures import failures_for_airflow
from squatwatch.airflow_tasks.logs import told
from squatwatch.airflow_tasks.runs import run_date_of, settings_of
from squatwatch.errors import SquatwatchError
from squatwatch.sagemaker.job import JobState, TransformJob, demand_completed
from squatwatch.sagemaker.service import SageMaker
from squatwatch.sagemaker.waiting import StillScoring, ended_job
from squatwatch.settings import Settings

GRACE = timedelta(minutes=10)  # for a triggerer that is late to stop a job itself


class WaitElsewhere:
    """Leaves waiting to a trigger, and stops the job where the task is ended before there is one."""

    def __init__(self) -> None:
        self._job: tuple[SageMaker, str] | None = None

    def note(self, sagemaker: SageMaker, name: str) -> None:
        """Note the job."""
        self._job = sagemaker, name

    def wait(self, job: TransformJob) -> TransformJob:
        """Raise StillScoring."""
        raise StillScoring(job)

    def stop(self) -> None:
        """Stop the job, if it runs."""
        if self._job:
            sagemaker, name = self._job
            sagemaker.stop(name)


class ScoreOperator(ShardOperator):
    """The task that scores a shard: in the worker, or by a job of SageMaker while nothing of it runs here."""

    def execute(self, context: Context, event: dict[str, str] | None = None) -> str:
        """Score; return the outcome in words. Airflow calls it again with the trigger's `event` when the job ended."""
        settings = settings_of(context)
        if settings.scorer == "local":
            return super().execute(context)
        self._waiting = WaitElsewhere()
        with failures_for_airflow():
            from squatwatch import pipeline
            from squatwatch.lake.shards import parse_shard

            run_date, shard = run_date_of(context), parse_shard(self.shard)
            again = f"squatwatch score --date {run_date}"
            if event:
                _demand_answers(settings, event, again)
            try:
                return told("score", run_date, pipeline.score_shard(settings, run_date, shard, self._waiting))
            except StillScoring as still:
                self.log.info("%s; the task goes on when it has ended", still)
                name = still.job.name
        timeout = timedelta(minutes=settings.sagemaker_timeout_minutes)
        trigger = TransformJobTrigger(
            name,
            settings.sagemaker_connection,
            settings.sagemaker_poll_seconds,
            settings.sagemaker_timeout_minutes,
            again,
        )
        self.defer(trigger=trigger, method_name="execute", timeout=timeout + GRACE)

    def on_kill(self) -> None:
        """Stop the job: Airflow calls it where the task is ended while it runs in a worker."""
        if waiting := getattr(self, "_waiting", None):
            waiting.stop()


class TransformJobTrigger(BaseTrigger):
    """Fires when a job of SageMaker has ended, or was stopped because it did not."""

    def __init__(self, name: str, connection: str, poll_seconds: float, timeout_minutes: float, again: str):
        super().__init__()  # type: ignore[no-untyped-call]
        self._poll_seconds, self._timeout = poll_seconds, timedelta(minutes=timeout_minutes)
        self._name, self._connection, self._again = name, connection, again

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what another triggerer makes the same of."""
        return f"{__name__}.{type(self).__name__}", {
            "name": self._name,
            "connection": self._connection,
            "poll_seconds": self._poll_seconds,
            "timeout_minutes": self._timeout.total_seconds() / 60,
            "again": self._again,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look at the job, again and again, until it has ended."""
        sagemaker = SageMaker(self._connection, self._again)
        while True:
            try:
                job = await asyncio.to_thread(ended_job, sagemaker, self._name, self._timeout)
            except SquatwatchError as error:  # for the task to tell
                yield _event(self._name, "", str(error))
                return
            if job:
                yield _event(job.name, job.state, job.reason)
                return
            await asyncio.sleep(self._poll_seconds)

    async def on_kill(self) -> None:
        """Stop the job: Airflow calls it where somebody clears the deferred task or marks it."""
        self.log.info("stopping the SageMaker job %s", self._name)
        await asyncio.to_thread(SageMaker(self._connection, self._again).stop, self._name)


def _event(name: str, state: str, reason: str) -> TriggerEvent:
    return TriggerEvent({"name": name, "state": str(state), "reason": reason})  # type: ignore[no-untyped-call]


def _demand_answers(settings: Settings, event: dict[str, str], again: str) -> None:
    """Raise what `demand_completed` raises, and SquatwatchError where the trigger could not look at the job."""
    if not event["state"]:
        raise SquatwatchError(event["reason"])
    job = TransformJob(event["name"], JobState(event["state"]), reason=event["reason"])
    demand_completed(job, timedelta(minutes=settings.sagemaker_timeout_minutes), again)
