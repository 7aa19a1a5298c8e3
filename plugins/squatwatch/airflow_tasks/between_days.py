"""The tasks of `deliver_alerts` and `recheck_names`: what is done between the days, whichever date it is about."""

from __future__ import annotations

from airflow.sdk.exceptions import AirflowSkipException

from squatwatch.airflow_tasks.daily import failures_for_airflow
from squatwatch.settings import settings


def deliver() -> str:
    """What waits, what was judged or allowlisted, what has woken up."""
    from squatwatch import pipeline

    if settings().alerts_file is None:
        raise AirflowSkipException("SQUATWATCH_ALERTS_FILE is not set: there is nobody to tell")
    with failures_for_airflow():
        return pipeline.alerts(settings())


def recheck() -> str:
    """Looks up again the names that are watched or confirmed."""
    from squatwatch import pipeline

    if not settings().enrich:
        raise AirflowSkipException("SQUATWATCH_ENRICH is not true: DNS and registries are not asked")
    with failures_for_airflow():
        return pipeline.recheck(settings())
