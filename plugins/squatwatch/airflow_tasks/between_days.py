"""Tasks of `deliver_alerts` and `recheck_names`, which are about no single date."""

from __future__ import annotations

from airflow.sdk.exceptions import AirflowSkipException

from squatwatch.airflow_tasks.failures import failures_for_airflow
from squatwatch.airflow_tasks.logs import told
from squatwatch.errors import SinkTrouble
from squatwatch.settings import settings


def deliver() -> str:
    """Send what waits, and what became of names that were judged, allowlisted or have changed.

    Fails, when every sink has had its turn, where one could not be sent everything.
    """
    from squatwatch import pipeline
    from squatwatch.sentences import sentence

    if settings().alerts_file is None:
        raise AirflowSkipException("SQUATWATCH_ALERTS_FILE is not set: there is nobody to tell")
    with failures_for_airflow():
        delivered = pipeline.alerts(settings())
        if delivered.troubled:
            raise SinkTrouble(sentence(delivered))
        return told("alerts", None, delivered)


def recheck() -> str:
    """Look up again the names that are watched or confirmed."""
    from squatwatch import pipeline

    if not settings().enrich:
        raise AirflowSkipException("SQUATWATCH_ENRICH is not true: DNS and registries are not asked")
    with failures_for_airflow():
        return told("recheck", None, pipeline.recheck(settings()))
