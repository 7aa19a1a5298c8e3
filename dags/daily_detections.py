"""Every day: registrations become detections. For the person on duty: daily_detections.md."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, Asset, CronDataIntervalTimetable, Param, TriggerRule

from squatwatch import DAILY_DAG
from squatwatch.airflow_tasks import daily
from squatwatch.airflow_tasks.logs import SAY_LAST
from squatwatch.airflow_tasks.retries import RETRIES
from squatwatch.airflow_tasks.scoring import ScoreOperator
from squatwatch.settings import settings

with DAG(
    dag_id=DAILY_DAG,
    schedule=CronDataIntervalTimetable("0 0 * * *", "UTC"),
    start_date=datetime(2020, 1, 1),
    catchup=False,
    max_active_runs=16,  # a date that waits for its list must not hold up the next ones
    default_args={
        "owner": "squatwatch",
        "execution_timeout": timedelta(hours=2),
        **RETRIES,
        **SAY_LAST,
    },
    params={
        "run_date": Param(None, type=["null", "string"], format="date", description="Date; empty: the logical date."),
        "refetch": Param(False, type="boolean", description="Download again a list that is already there."),
        "other_brands": Param(False, type="boolean", description="Make a date of another brand list with yours."),
        "alert": Param(False, type="boolean", description="A backfill too tells the sinks what it flags."),
    },
    tags=["squatwatch"],
    doc_md=str(Path(__file__).with_suffix(".md")),
):
    download = daily.DownloadOperator.partial(task_id="download", map_index_template="{{ task.source }}")
    # a source that fails does not hold up the others
    load = daily.StepOperator(task_id="load", trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS)
    health = daily.HealthOperator(task_id="health")
    # a task for each shard; only large dates have several
    alike = {"map_index_template": "{{ task.shard }}", "max_active_tis_per_dag": settings().shards_at_once}
    transform = daily.ShardOperator.partial(task_id="transform", **alike)
    score = ScoreOperator.partial(task_id="score", queue=settings().score_queue, **alike)
    publish = daily.PublishOperator(task_id="publish", max_active_tis_per_dag=2, outlets=[Asset("detections")])
    enrich = daily.EnrichOperator(task_id="enrich", max_active_tis_per_dag=1)
    # also where nobody is asked about names
    alerts = daily.AlertsOperator(
        task_id="alerts", max_active_tis_per_dag=1, trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS
    )

    download.expand(source=settings().sources) >> load >> health
    transform.expand(shard=health.output) >> score.expand(shard=health.output) >> publish
    publish >> enrich >> alerts
    publish >> alerts
