"""The processes of docker-compose.yml, and SageMaker that scores for them: what becomes of a job when tasks are ended.

One cluster lives through it all, in order: a task that waits, the loss of the triggerer, a task that is cleared, one
that is marked as failed. The tests then look at what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb
import pytest
import sagemaker_server
import scored_remotely
from cluster import DAG, Cluster, cluster, made_alone, of_lists, write_list
from processes import wait_for
from sagemaker_server import FakeSageMaker
from same_tables import rows_hash
from scored_remotely import Remote

from squatwatch.lake.partitions import Lake

pytestmark = [pytest.mark.slow, pytest.mark.machines, pytest.mark.long]

CLEARED, FAILED = date(2026, 11, 5), date(2026, 11, 6)


@dataclass
class Lived:
    """A cluster and its jobs' states, by the moment at which they were looked at."""

    cluster: Cluster
    states: dict[str, list[str]]


@pytest.fixture(scope="module")
def remote(tmp_path_factory):
    with scored_remotely.remote(tmp_path_factory.mktemp("container")) as remote:
        yield remote


@pytest.fixture(scope="module")
def lists(tmp_path_factory):
    return tmp_path_factory.mktemp("lists")


@pytest.fixture(scope="module")
def lived(remote, lists, tmp_path_factory):
    for day in (CLEARED, FAILED):
        write_list(lists, day, 64)
    dot_env = of_lists(lists) | {
        "AIRFLOW_CONN_AWS_DEFAULT": sagemaker_server.connection(remote.s3, remote.address),
        "SQUATWATCH_BRANDS_FILE": str(remote.brands_file),
        "SQUATWATCH_SCORER": "sagemaker",
        "SQUATWATCH_SAGEMAKER_MODEL": "squatwatch",
        "SQUATWATCH_SAGEMAKER_URL": "s3://scoring/jobs",
        "SQUATWATCH_SAGEMAKER_POLL_SECONDS": "1",
    }
    changes = {"AWS_EC2_METADATA_DISABLED": "true", "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600"}
    with cluster(tmp_path_factory.mktemp("cluster"), dot_env, changes) as services:
        scored_remotely.write_models(services.data)
        yield Lived(services, live_through(services, remote))


def live_through(services: Cluster, remote: Remote) -> dict[str, list[str]]:
    fake, seen = remote.sagemaker, {}
    states = lambda: [job["TransformJobStatus"] for job in fake.jobs.values()]  # noqa: E731
    fake.go_on.clear()
    services.ask(f"/api/v2/dags/{DAG}", "PATCH", is_paused=False)
    run = trigger(services, CLEARED)
    wait_for(lambda: score(services, run)["state"] == "deferred", "the task to wait for its job")
    seen["deferred"] = states()
    services.programs["triggerer"].kill()
    services.start("triggerer")
    wait_for_a_look(fake)
    seen["another triggerer"] = states()
    clear = {"dry_run": False, "dag_run_id": run, "task_ids": ["score"], "only_failed": False}
    services.ask(f"/api/v2/dags/{DAG}/clearTaskInstances", "POST", **clear)
    wait_for(lambda: states() == ["Stopped", "InProgress"], "the job to be stopped, and another one")
    fake.go_on.set()
    wait_for(lambda: score(services, run)["state"] == "success", "the date to be scored")
    seen["cleared"] = states()
    fake.go_on.clear()
    run = trigger(services, FAILED)
    wait_for(lambda: score(services, run)["state"] == "deferred", "the other date to wait")
    wait_for_a_look(fake)
    path = f"/api/v2/dags/{DAG}/dagRuns/{run}/taskInstances/score/0"
    services.ask(path, "PATCH", new_state="failed")
    wait_for(lambda: states()[2:] == ["Stopped"], "its job to be stopped")
    seen["marked as failed"] = states()
    return seen


def wait_for_a_look(fake: FakeSageMaker) -> None:
    """Returns when a triggerer watches the job: Airflow tells no trigger of a kill that does not run yet."""
    asked = len(fake.asked)
    wait_for(lambda: len(fake.asked) > asked + 2, "the triggerer to look at the job")


def trigger(services: Cluster, day: date) -> str:
    services.ask(f"/api/v2/dags/{DAG}/dagRuns", "POST", dag_run_id=str(day), logical_date=f"{day}T00:00:00Z")
    return str(day)


def score(services: Cluster, run: str) -> dict:
    return next(iter(services.tasks(task_id="score", dag_run_id=run, map_index=0)), {"state": None})


def test_a_task_that_waits_holds_no_worker_and_has_one_job(lived):
    assert lived.states["deferred"] == ["InProgress"]


def test_the_job_outlives_its_triggerer(lived):
    assert lived.states["another triggerer"] == ["InProgress"]


def test_a_task_that_is_cleared_stops_its_job_and_takes_another(lived):
    assert lived.states["cleared"] == ["Stopped", "Completed"]


def test_a_task_that_is_marked_as_failed_stops_its_job(lived):
    assert lived.states["marked as failed"] == ["Stopped", "Completed", "Stopped"]


def test_the_rows_are_those_of_one_machine_that_scores_itself(lived, remote, lists, tmp_path, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_BRANDS_FILE", str(remote.brands_file))
    scored_remotely.write_models(tmp_path / "alone")
    alone = made_alone(tmp_path / "alone", lists, [CLEARED])
    paths = [Lake(home).partition("detections", CLEARED) for home in (lived.cluster.data, alone)]
    found, expected = (duckdb.read_parquet(str(path), hive_partitioning=False) for path in paths)
    assert len(found) and rows_hash(found) == rows_hash(expected)
