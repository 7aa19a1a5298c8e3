"""The DAG files are tables of contents that load quickly, and a backfill makes exactly the dates asked."""

import subprocess
import sys
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAG_FILES = sorted((ROOT / "dags").glob("*.py"))
HEAVY = ("tensorflow", "keras", "polars", "duckdb", "dbt", "pandas", "boto3", "rapidfuzz", "squatwatch_ml.network")


STEPS = ["download", "load", "health", "transform", "score", "publish"]


def test_the_day_is_six_steps_in_order_and_then_somebody_is_told(load_dags):
    dag = load_dags()["daily_detections"]
    assert [task.task_id for task in dag.topological_sort()] == [*STEPS, "enrich", "alerts"]
    for before, after in pairwise(STEPS):
        assert after in dag.get_task(before).downstream_task_ids
    assert dag.get_task("publish").downstream_task_ids == {"enrich", "alerts"}
    assert dag.get_task("enrich").downstream_task_ids == {"alerts"}


def test_every_source_has_a_download_of_its_own(load_dags, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_SOURCES", "sample,whoisds")
    download = load_dags()["daily_detections"].get_task("download")
    assert download.is_mapped
    assert download.expand_input.value == {"source": ["sample", "whoisds"]}


def test_a_large_date_is_made_shard_by_shard(load_dags):
    """Health says into which shards the date is cut; of each there is a task of transform, then one of score."""
    dag = load_dags()["daily_detections"]
    for step in ("transform", "score"):
        task = dag.get_task(step)
        assert task.is_mapped
        assert task.expand_input.value["shard"].operator is dag.get_task("health")


def test_how_many_shards_are_made_at_once_is_a_setting(load_dags, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_SHARDS_AT_ONCE", "8")
    dag = load_dags()["daily_detections"]
    assert {task.task_id for task in dag.tasks if task.max_active_tis_per_dag == 8} == {"transform", "score"}


def test_only_load_and_alerts_go_on_without_all_that_comes_before(load_dags):
    """A source that fails does not hold up the others, and names are told where nobody is asked about them."""
    dag = load_dags()["daily_detections"]
    rules = {task.task_id: task.trigger_rule.value for task in dag.tasks}
    assert rules.pop("load") == "all_done_min_one_success"
    assert rules.pop("alerts") == "none_failed_min_one_success"
    assert set(rules.values()) == {"all_success"}


def test_between_the_days_the_sinks_are_told_and_names_looked_up_again(load_dags):
    dags = load_dags()
    for name in ("deliver_alerts", "recheck_names"):
        assert len(dags[name].tasks) == 1 and dags[name].max_active_runs == 1 and not dags[name].catchup


def test_the_queue_of_score_is_a_setting(load_dags, monkeypatch):
    assert load_dags()["daily_detections"].get_task("score").queue == "default"
    from squatwatch.settings import settings as settings_of_process

    settings_of_process.cache_clear()
    monkeypatch.setenv("SQUATWATCH_SCORE_QUEUE", "gpu")
    dag = load_dags()["daily_detections"]
    assert {task.task_id for task in dag.tasks if task.queue == "gpu"} == {"score"}


def test_dates_at_once_do_no_harm(load_dags):
    dag = load_dags()["daily_detections"]
    assert dag.get_task("publish").max_active_tis_per_dag == 2
    assert dag.get_task("score").max_active_tis_per_dag == 2
    assert not dag.catchup


def test_the_detections_are_an_asset(load_dags):
    (asset,) = load_dags()["daily_detections"].get_task("publish").outlets
    assert asset.name == "detections"


def test_popularity_is_weekly_and_waits_for_someone_to_want_it(load_dags):
    dag = load_dags()["refresh_popularity"]
    assert set(dag.task_ids) == {"tranco", "umbrella"}
    assert not any(task.upstream_task_ids for task in dag.tasks)  # one that fails does not hold up the other
    assert dag.is_paused_upon_creation


def test_whoever_is_on_duty_has_a_page(load_dags):
    for dag in load_dags().values():
        assert dag.doc_md.startswith("# ")
        assert "failed" in dag.doc_md or "fails" in dag.doc_md


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.name)
def test_a_dag_file_is_short(path):
    assert len(path.read_text().splitlines()) <= 60


def test_dag_files_load_nothing_heavy():
    """All in one process, which says after each what has been loaded by then."""
    code = f"""
import runpy, sys
for path in {list(map(str, DAG_FILES))}:
    runpy.run_path(path)
    print(path, *[module for module in {HEAVY} if module in sys.modules])
"""
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.splitlines() == list(map(str, DAG_FILES))


def test_there_are_dag_files():
    assert len(DAG_FILES) == 5


def test_a_backfill_makes_exactly_the_dates_asked(airflow_database, load_dags):
    from airflow.cli.cli_parser import get_parser
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    from squatwatch.airflow_tasks.daily import run_date_of

    DagBundlesManager().sync_bundles_to_db()
    sync_bag_to_db(
        BundleDagBag(ROOT / "dags", bundle_path=ROOT / "dags", bundle_name="dags-folder"), "dags-folder", None
    )
    command = "backfill create --dag-id daily_detections --from-date 2026-02-26 --to-date 2026-03-02"
    arguments = get_parser().parse_args(command.split())
    arguments.func(arguments)

    with create_session() as session:
        runs = session.scalars(select(DagRun).where(DagRun.run_type == "backfill").order_by(DagRun.logical_date)).all()
        dates = [run_date_of({"params": {}, "dag_run": run}) for run in runs]
        session.query(DagRun).delete()
    assert dates == [date(2026, 2, 26), date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2)]


def test_the_scheduler_runs_yesterday_and_nothing_before(load_dags):
    from airflow.serialization.serialized_objects import DagSerialization

    dag = load_dags()["daily_detections"]
    scheduled = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))
    info = scheduled.next_dagrun_info(last_automated_run_info=None)
    today = datetime.now(UTC).date()
    assert (today - info.logical_date.date()).days in (1, 2)  # 2 where midnight passes during the test
