"""Operators of the DAG `daily_detections`: a step each, and how a list is waited for.

The work itself is in `squatwatch.pipeline`, the same functions that the command line calls. They are imported when a
task runs, so that reading the DAG files stays quick. Each operator logs what the command line prints.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowSkipException
from airflow.sdk.observability import stats

from squatwatch.airflow_tasks.failures import failures_for_airflow
from squatwatch.airflow_tasks.logs import told
from squatwatch.airflow_tasks.runs import run_date_of, settings_of
from squatwatch.errors import NotPublishedYet, SquatwatchError, TryLater
from squatwatch.settings import settings
from squatwatch.store.door import follow, follow_warehouse

LEAST_RETRY_AFTER = timedelta(seconds=30)


class StepOperator(BaseOperator):
    """The task that runs, for the run's date, the step of its own name."""

    def execute(self, context: Context) -> str:
        """Run the step; return its outcome in words."""
        with failures_for_airflow():
            from squatwatch import pipeline

            run_date = run_date_of(context)
            return told(self.task_id, run_date, pipeline.STEPS[self.task_id](settings_of(context), run_date))


class HealthOperator(StepOperator):
    """The task that checks the date's lists, and returns the shards that the next steps make it in.

    The scheduler makes a task of each. A date that is not a large one is one shard, `1/1`.
    """

    def execute(self, context: Context) -> list[str]:  # type: ignore[override]  # for the scheduler, not for people
        """Run the checks; return the shards."""
        super().execute(context)
        with failures_for_airflow():
            from squatwatch import pipeline

            return [str(shard) for shard in pipeline.shards(settings_of(context), run_date_of(context))]


class ShardOperator(BaseOperator):
    """The task that runs the step of its own name for one shard of the run's date.

    The one that ends last puts the date together.
    """

    def __init__(self, *, shard: str, **kwargs: Any):
        super().__init__(**kwargs)
        self.shard = shard

    def execute(self, context: Context) -> str:
        """Run the step; return its outcome in words."""
        with failures_for_airflow():
            from squatwatch import pipeline
            from squatwatch.lake.shards import parse_shard

            run_date, work = run_date_of(context), pipeline.STEPS_OF_SHARDS[self.task_id]
            return told(self.task_id, run_date, work(settings_of(context), run_date, parse_shard(self.shard)))


class PublishOperator(BaseOperator):
    """The task that publishes all whole dates, and gives the date's figures to Airflow's metrics and the asset.

    Its first try leaves alone a date that another publish has taken, so that the dates of a backfill share publishes.
    Whoever clears the task gets a new warehouse in any case.
    """

    def execute(self, context: Context) -> str:
        """Publish; return the outcome in words."""
        with failures_for_airflow():
            from squatwatch import pipeline
            from squatwatch.warehouse.gauges import gauges

            run_date = run_date_of(context)
            if context["ti"].try_number == 1:
                outcome = told("publish", run_date, pipeline.publish_date(settings_of(context), run_date))
            else:
                outcome = told("publish", run_date, pipeline.publish(settings_of(context)))
            follow_warehouse(settings())
            for gauge in gauges(settings().home, run_date):
                stats.gauge(f"squatwatch.{gauge.name}", gauge.value, tags=gauge.tags)
        for asset in self.outlets:
            context["outlet_events"][asset].extra = {"run_date": str(run_date)}
        return outcome


class EnrichOperator(BaseOperator):
    """The task that asks DNS and registries about the date's flagged names, where that is switched on."""

    def execute(self, context: Context) -> str:
        """Look the names up; return the outcome in words."""
        if not settings().enrich:
            raise AirflowSkipException("SQUATWATCH_ENRICH is not true: DNS and registries are not asked")
        with failures_for_airflow():
            from squatwatch import pipeline

            run_date = run_date_of(context)
            return told("enrich", run_date, pipeline.enrich(settings(), run_date))


class AlertsOperator(BaseOperator):
    """The task that sends what the date has flagged to the sinks; in a backfill only where it is asked to.

    A sink that is down does not make the date a failed one: what it was not sent waits, and `deliver_alerts` sends it
    or fails.
    """

    def execute(self, context: Context) -> str:
        """Send the alerts; return the outcome in words."""
        if settings().alerts_file is None:
            raise AirflowSkipException("SQUATWATCH_ALERTS_FILE is not set: there is nobody to tell")
        if context["dag_run"].run_type == "backfill" and not context["params"].get("alert"):
            raise AirflowSkipException("a backfill tells nothing; with the param alert it does, or: squatwatch alerts")
        from squatwatch import pipeline

        with failures_for_airflow():
            run_date = run_date_of(context)
            return told("alerts", run_date, pipeline.alerts(settings(), run_date))


class DownloadOperator(BaseOperator):
    """The task that fetches one source's list of the date; it is deferred, and holds no worker, until it is there."""

    def __init__(self, *, source: str, **kwargs: Any):
        super().__init__(**kwargs)
        self.source = source

    def execute(self, context: Context, event: Any = None) -> str:
        """Try once; Airflow calls it again with the trigger's `event` each time a deferral ends."""
        with failures_for_airflow():
            from squatwatch import pipeline
            from squatwatch.state.brand_lists import demand_same_list

            run_date = run_date_of(context)
            _skip_what_the_sample_never_has(run_date, context)
            _skip_what_is_done(run_date, context)
            follow(settings(), [run_date])
            for line in demand_same_list(settings_of(context), [run_date]):
                self.log.info("%s, and it is made with that now", line)
            try:
                refetch = bool(context["params"].get("refetch"))
                return told("download", run_date, pipeline.download(settings(), run_date, self.source, refetch=refetch))
            except (NotPublishedYet, TryLater) as error:
                began_at = context["dag_run"].start_date or datetime.now(UTC)
                moment = self._next_attempt(error, run_date, began_at)
                self.log.info("%s; asking again at %s", error, _shown(moment))
        self.defer(trigger=DateTimeTrigger(moment=moment), method_name="execute")

    def _next_attempt(self, error: NotPublishedYet | TryLater, run_date: date, run_began_at: datetime) -> datetime:
        """Return the moment of the server's Retry-After or of the next poll, the deadline at the latest.

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


def _skip_what_the_sample_never_has(run_date: date, context: Context) -> None:
    """Skip the scheduler's own run of a day after the sample's last; a run that somebody asked for fails clearly.

    An `end_date` of the DAG would do the first, but also keep manual runs from starting, whose logical date is now.
    """
    from squatwatch.sources import newest_date

    newest = newest_date(settings().sources)
    if newest and run_date > newest and context["dag_run"].run_type == "scheduled":
        raise AirflowSkipException(f"the sample ends on {newest}: nothing to do for {run_date}")


def _skip_what_is_done(run_date: date, context: Context) -> None:
    """Skip a date of a backfill that is done, whoever has done it; with `refetch` it is done again."""
    from squatwatch import pipeline

    if context["dag_run"].run_type == "backfill" and not context["params"].get("refetch"):
        status = pipeline.status(settings(), run_date)
        if status.state == "done":
            raise AirflowSkipException(f"{run_date} is done and up to date; to do it again, trigger it with run_date")


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
