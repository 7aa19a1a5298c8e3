"""The Airflow side of the steps: which date a run is about, how a list is waited for, which failures are worth a retry.

The work itself is in `squatwatch.pipeline`, the same functions that the command line calls. They are imported when a
task runs, so that reading the DAG files stays quick.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.sdk.observability import stats

from squatwatch.dates import parse_run_date
from squatwatch.errors import NotPublishedYet, SinkTrouble, SquatwatchError, TryLater
from squatwatch.settings import settings

LEAST_RETRY_AFTER = timedelta(seconds=30)


def run_date_of(context: Context) -> date:
    """The date that a run examines: its param `run_date` if given, else the day of its logical date (UTC).

    Not `data_interval_start`, which in a manual run is the day before, and not today, which a backfill is never about.
    Raises SquatwatchError where a run has neither, or a `run_date` that is not a date.
    """
    if given := context["params"].get("run_date"):
        return parse_run_date(str(given))
    if logical_date := context["dag_run"].logical_date:
        return logical_date.astimezone(UTC).date()
    raise SquatwatchError("this run has no logical date; trigger it again with run_date, for example 2024-06-13")


class StepOperator(BaseOperator):
    """Runs the step of `squatwatch.pipeline` that has the task's name, for the run's date."""

    def execute(self, context: Context) -> str:
        with failures_for_airflow():
            from squatwatch import pipeline

            outcome = getattr(pipeline, self.task_id)(settings(), run_date_of(context))
        self.log.info("%s", outcome)  # Airflow keeps what a task returns, but does not log it
        return outcome


class PublishOperator(BaseOperator):
    """Publishes all dates that are whole; tells the figures of the run's date to Airflow's metrics and to the asset."""

    def execute(self, context: Context) -> str:
        with failures_for_airflow():
            from squatwatch import pipeline
            from squatwatch.warehouse.gauges import gauges

            run_date = run_date_of(context)
            outcome = pipeline.publish(settings())
            for gauge in gauges(settings(), run_date):
                stats.gauge(f"squatwatch.{gauge.name}", gauge.value, tags=gauge.tags)
        self.log.info("%s", outcome)
        for asset in self.outlets:
            context["outlet_events"][asset].extra = {"run_date": str(run_date)}
        return outcome


class EnrichOperator(StepOperator):
    """Asks DNS and registries about the date's flagged names, where that is switched on."""

    def execute(self, context: Context) -> str:
        if not settings().enrich:
            raise AirflowSkipException("SQUATWATCH_ENRICH is not true: DNS and registries are not asked")
        return super().execute(context)


class AlertsOperator(BaseOperator):
    """Tells the sinks what the date has flagged. A backfill tells nothing, unless it is asked to.

    A sink that is down does not make the date a failed one: what it was not sent waits, and `deliver_alerts` sends it
    or fails.
    """

    def execute(self, context: Context) -> str:
        if settings().alerts_file is None:
            raise AirflowSkipException("SQUATWATCH_ALERTS_FILE is not set: there is nobody to tell")
        if context["dag_run"].run_type == "backfill" and not context["params"].get("alert"):
            raise AirflowSkipException("a backfill tells nothing; with the param alert it does, or: squatwatch alerts")
        from squatwatch import pipeline

        with failures_for_airflow():
            try:
                outcome = pipeline.alerts(settings(), run_date_of(context))
            except SinkTrouble as trouble:
                outcome = str(trouble)
        self.log.info("%s", outcome)
        return outcome


class DownloadOperator(BaseOperator):
    """Fetches one source's list of the date. While the list is not there the task is deferred and holds no worker."""

    def __init__(self, *, source: str, **kwargs: Any):
        super().__init__(**kwargs)
        self.source = source

    def execute(self, context: Context, event: Any = None) -> str:
        """Tries once; called again with the trigger's `event` each time a deferral ends."""
        with failures_for_airflow():
            from squatwatch import pipeline

            run_date = run_date_of(context)
            _skip_what_the_sample_never_has(run_date, context)
            _skip_what_is_done(run_date, context)
            try:
                return pipeline.download(
                    settings(), run_date, self.source, refetch=bool(context["params"].get("refetch"))
                )
            except (NotPublishedYet, TryLater) as error:
                moment = self._next_attempt(error, run_date, context["dag_run"].start_date)
                self.log.info("%s; asking again at %s", error, _shown(moment))
        self.defer(trigger=DateTimeTrigger(moment=moment), method_name="execute")

    def _next_attempt(self, error: NotPublishedYet | TryLater, run_date: date, run_began_at: datetime) -> datetime:
        """After the server's Retry-After or the poll interval, the last time at the deadline.

        Raises SquatwatchError past the deadline. A list is waited for until `deadline_days` after its date has ended;
        a server that is down, so long from the start of the run too, because a backfill may be about an old date.
        """
        deadline = datetime.combine(run_date + timedelta(days=1), time(), UTC) + timedelta(
            days=settings().deadline_days
        )
        wait = timedelta(minutes=settings().poll_minutes)
        if isinstance(error, TryLater):
            deadline = max(deadline, run_began_at + timedelta(days=settings().deadline_days))
            wait = wait if error.after is None else max(error.after, LEAST_RETRY_AFTER)
        now = datetime.now(UTC)
        if now >= deadline:
            raise SquatwatchError(
                f"no list of {run_date} from source {self.source} by the deadline, {_shown(deadline)} "
                f"(SQUATWATCH_DEADLINE_DAYS={settings().deadline_days:g}): {error}. When it is there, clear this task "
                f"or run: squatwatch run --date {run_date}"
            ) from None
        return min(now + wait, deadline)


@contextmanager
def failures_for_airflow() -> Iterator[None]:
    """What is worth another try is left to Airflow's retries; anything else that squatwatch names fails at once.

    Causes are cut off: an exception of an HTTP library quotes the URL, which may carry the credentials of a paid feed.
    """
    try:
        yield
    except (NotPublishedYet, TryLater) as error:
        raise AirflowException(str(error)) from None
    except SquatwatchError as error:
        raise AirflowFailException(str(error)) from None


def _skip_what_the_sample_never_has(run_date: date, context: Context) -> None:
    """The scheduler's own run of a day after the sample's last is skipped; a run that someone asked for fails clearly.

    An `end_date` of the DAG would do the first, but also keep manual runs from starting, whose logical date is now.
    """
    from squatwatch.sources import newest_date

    newest = newest_date(settings())
    if newest and run_date > newest and context["dag_run"].run_type == "scheduled":
        raise AirflowSkipException(f"the sample ends on {newest}: nothing to do for {run_date}")


def _skip_what_is_done(run_date: date, context: Context) -> None:
    """A backfill does what is wanted and not done, whoever has done it; with `refetch` it does everything again."""
    from squatwatch import pipeline

    if context["dag_run"].run_type == "backfill" and not context["params"].get("refetch"):
        status = pipeline.status(settings(), run_date)
        if status.state == "done":
            raise AirflowSkipException(f"{run_date} is done and up to date; to do it again, trigger it with run_date")


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
