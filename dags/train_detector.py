"""Labels that retrain: a candidate, a comparison, a person's word. For the person on duty: train_detector.md."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, CronDataIntervalTimetable, Param, task, task_group

from squatwatch.airflow_tasks import retraining as retrain_tasks
from squatwatch.airflow_tasks.logs import SAY_LAST
from squatwatch.airflow_tasks.retraining import AskOperator
from squatwatch.airflow_tasks.retries import AFTER_INTERRUPTIONS

with DAG(
    dag_id="train_detector",
    schedule=CronDataIntervalTimetable("0 6 * * *", "UTC"),  # asks every day; trains when it is time
    start_date=datetime(2020, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "squatwatch", "retries": 1, "execution_timeout": timedelta(hours=2), **SAY_LAST},
    params={"now": Param(False, type="boolean", description="Train also where it is not time yet.")},
    tags=["squatwatch"],
    doc_md=str(Path(__file__).with_suffix(".md")),
):

    @task_group(group_id="family", prefix_group_id=False)
    def train_family(attempt: str) -> None:
        """Train the network of one family of brands; those of several at once, on as many workers as there are."""
        train = task(task_id="train", **AFTER_INTERRUPTIONS)(retrain_tasks.train)(attempt)
        compare = task(task_id="compare")(retrain_tasks.compare)(train)
        approve = AskOperator(
            task_id="approve", attempt=train, response_timeout=timedelta(days=14), execution_timeout=None
        )
        compare >> approve
        task(task_id="promote")(retrain_tasks.promote)(train, approve.output)

    train_family.expand(attempt=task(task_id="collect")(retrain_tasks.collect)())
