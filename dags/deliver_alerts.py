"""Every ten minutes: the sinks are told what waits for them. For the person on duty: deliver_alerts.md."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, CronTriggerTimetable, task

from squatwatch.airflow_tasks import between_days as alert_tasks
from squatwatch.airflow_tasks.logs import SAY_LAST

with DAG(
    dag_id="deliver_alerts",
    schedule=CronTriggerTimetable("*/10 * * * *", timezone="UTC"),
    start_date=datetime(2020, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "squatwatch", "execution_timeout": timedelta(hours=1), **SAY_LAST},
    tags=["squatwatch"],
    doc_md=str(Path(__file__).with_suffix(".md")),
):
    task(task_id="deliver")(alert_tasks.deliver)()
