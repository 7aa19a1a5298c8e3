"""Every day: names that are watched or confirmed are looked up again. For the person on duty: recheck_names.md."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, CronTriggerTimetable, task

from squatwatch.airflow_tasks import between_days as alert_tasks
from squatwatch.airflow_tasks.logs import SAY_LAST

with DAG(
    dag_id="recheck_names",
    schedule=CronTriggerTimetable("30 4 * * *", timezone="UTC"),
    start_date=datetime(2020, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "squatwatch", "retries": 1, "execution_timeout": timedelta(hours=6), **SAY_LAST},
    tags=["squatwatch"],
    doc_md=str(Path(__file__).with_suffix(".md")),
):
    task(task_id="recheck")(alert_tasks.recheck)()
