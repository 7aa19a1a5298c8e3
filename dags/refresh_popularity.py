"""Every week: the popularity lists anew. For the person on duty: refresh_popularity.md."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, CronDataIntervalTimetable, task

from squatwatch.airflow_tasks.failures import failures_for_airflow
from squatwatch.airflow_tasks.logs import SAY_LAST
from squatwatch.settings import settings
from squatwatch.store.door import work_on
from squatwatch.store.scope import Scope

with DAG(
    dag_id="refresh_popularity",
    schedule=CronDataIntervalTimetable("0 5 * * 1", "UTC"),
    start_date=datetime(2020, 1, 1),
    catchup=False,
    is_paused_upon_creation=True,
    default_args={
        "owner": "squatwatch",
        "retries": 3,
        "retry_delay": timedelta(minutes=5),
        "retry_exponential_backoff": 3,
        "execution_timeout": timedelta(minutes=30),
        **SAY_LAST,
    },
    tags=["squatwatch"],
    doc_md=str(Path(__file__).with_suffix(".md")),
):

    @task
    def refresh(name: str) -> str:
        from squatwatch.lists import popularity_refresh
        from squatwatch.sentences import sentence

        with failures_for_airflow():
            return sentence(work_on(settings(), Scope([]), lambda root: popularity_refresh.refresh(root, name)))

    refresh.override(task_id="tranco")("tranco")
    refresh.override(task_id="umbrella")("umbrella")
