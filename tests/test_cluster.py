"""The processes of docker-compose.yml at work here: what they make, and what they do when some of them die.

One cluster lives through it all, in order: a scheduled date whose list is late, a backfill of two dates, one of them so
large that it is cut into three shards, the loss of the gpu worker while it scores, a restart of Redis. The tests then
look at what became of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import httpx
import pytest
from cluster import DAG, Cluster, cluster, date_of, made_alone, of_lists, while_it_scores, write_list
from processes import wait_for
from same_tables import content

from squatwatch.lake.partitions import Lake

pytestmark = [pytest.mark.slow, pytest.mark.machines]

NAMES, SHARD_NAMES = 64, 100
SHARDS = 3  # of a date that has four times as many names as the others
SILENCE = 30  # seconds until a task counts as lost; in the file it is a minute
QUICKER = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": str(SILENCE),
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600",  # nobody changes the DAG files meanwhile
    "SQUATWATCH_DEVICE": "cpu",  # there may be no GPU here
}


@dataclass
class Lived:
    """Outcomes of what a cluster has lived through."""

    cluster: Cluster
    scheduled: date  # its list came late
    backfilled: list[date]
    late: dict  # the download that waited for the list
    lost: dict  # the task instance whose worker was killed, as it was then
    killed_at: datetime

    @property
    def dates(self) -> list[date]:
        return [*self.backfilled, self.scheduled]


@pytest.fixture(scope="module")
def lists(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("lists")


@pytest.fixture(scope="module")
def lived(lists, tmp_path_factory) -> Iterator[Lived]:
    dot_env = of_lists(lists) | {"SQUATWATCH_SHARD_NAMES": str(SHARD_NAMES), "FLOWER_PASSWORD": "petals"}
    with cluster(tmp_path_factory.mktemp("cluster"), dot_env, QUICKER) as services:
        yield live_through(services, lists)


def live_through(services: Cluster, lists: Path) -> Lived:
    services.ask(f"/api/v2/dags/{DAG}", "PATCH", is_paused=False)
    (run,) = wait_for(services.runs, "the run of yesterday")
    scheduled = date_of(run)
    backfilled = [scheduled - timedelta(days=days) for days in (2, 1)]
    write_list(lists, backfilled[0], NAMES)
    write_list(lists, backfilled[1], 4 * NAMES)
    window = {"from_date": f"{backfilled[0]}T00:00:00Z", "to_date": f"{backfilled[-1]}T00:00:00Z"}
    services.ask("/api/v2/backfills", "POST", dag_id=DAG, **window)
    lost = lose_the_gpu_worker(services, backfilled)
    killed_at = datetime.now().astimezone()
    services.start("gpu-worker")
    wait_for(lambda: services.waits_for_tasks("gpu-worker"), "the new gpu worker")
    (late,) = wait_for(lambda: services.tasks(state="deferred"), "a download that is deferred")
    services.programs["redis"].end()
    services.start("redis")
    write_list(lists, scheduled, NAMES)
    wait_for(lambda: states(services, scheduled) <= {"success", "failed"}, "all runs")
    return Lived(services, scheduled, backfilled, late, lost, killed_at)


def states(services: Cluster, last: date) -> set[str]:
    """States of all runs but that of a date which begins because midnight passes meanwhile."""
    return {run["state"] for run in services.runs() if date_of(run) <= last}


def lose_the_gpu_worker(services: Cluster, dates: list[date]) -> dict:
    """Kills it while it scores one of the dates; returns that task instance."""
    with while_it_scores(services, dates):
        (task,) = services.tasks(task_id="score", state="running")
        services.programs.pop("gpu-worker").kill()
    return task


@pytest.fixture(scope="module")
def alone(lived, lists, tmp_path_factory) -> Path:
    return made_alone(tmp_path_factory.mktemp("alone") / "data", lists, lived.dates)


def test_the_tables_are_those_of_a_single_machine(lived, alone):
    made = content(lived.cluster.data, lived.dates)
    assert len(made) > 40
    assert made == content(alone, lived.dates)


def test_every_task_of_every_date_was_done(lived):
    assert states(lived.cluster, lived.scheduled) == {"success"}
    skipped = {task["task_id"] for task in lived.cluster.tasks(state="skipped")}
    assert skipped == {"enrich", "alerts"}  # nothing says whom to ask and whom to tell
    assert len(lived.cluster.tasks(state="success")) == 6 * len(lived.dates) + 2 * (SHARDS - 1)


def test_the_large_date_was_transformed_and_scored_shard_by_shard(lived):
    for step in ("transform", "score"):
        of_date = {run_date: [] for run_date in lived.dates}
        for task in lived.cluster.tasks(task_id=step, state="success"):
            of_date[date.fromisoformat(task["logical_date"][:10])].append(task["rendered_map_index"])
        assert sorted(of_date.pop(lived.backfilled[1])) == ["1/3", "2/3", "3/3"]
        assert set(map(tuple, of_date.values())) == {("1/1",)}


def test_scores_were_made_by_the_worker_of_the_gpu_queue(lived):
    queues = {(task["task_id"] == "score", task["queue"]) for task in lived.cluster.tasks(state="success")}
    assert queues == {(True, "gpu"), (False, "default")}


def test_a_list_that_was_late_was_waited_for_by_the_triggerer(lived):
    (download,) = lived.cluster.tasks(id=lived.late["id"])
    assert (download["task_id"], download["state"], download["try_number"]) == ("download", "success", 1)


def test_the_lost_worker_was_noticed_and_its_task_alone_was_tried_again(lived):
    tried_again = [task for task in lived.cluster.tasks() if task["try_number"] > 1]
    assert [(task["id"] == lived.lost["id"], task["try_number"]) for task in tried_again] == [(False, 2)]
    assert tried_again[0]["dag_run_id"] == lived.lost["dag_run_id"]
    (event,) = lived.cluster.ask("/api/v2/eventLogs?event=heartbeat timeout")["event_logs"]
    noticed_after = datetime.fromisoformat(event["when"]) - lived.killed_at
    again_after = datetime.fromisoformat(tried_again[0]["start_date"]) - lived.killed_at
    print(f"noticed after {noticed_after}, tried again after {again_after}")
    assert timedelta(0) < noticed_after < timedelta(seconds=3 * SILENCE)
    assert again_after < timedelta(seconds=5 * SILENCE)


def test_no_name_was_scored_into_two_verdicts(lived):
    lake = Lake(lived.cluster.data)
    for run_date in lived.dates:
        assert len(list(lake.folder("detections_history", run_date).glob("*"))) == 1
    twice = """select run_date, domain, brand from detections_history group by all having count(*) > 1
               union all select run_date, domain, brand from detections group by all having count(*) > 1"""
    with duckdb.connect(lived.cluster.data / "warehouse.duckdb", read_only=True) as warehouse:
        assert warehouse.execute("select count(*) > 0 from detections").fetchone() == (True,)
        assert warehouse.execute(twice).fetchall() == []


def test_flower_shows_the_workers_to_whoever_has_its_password(lived):
    services = lived.cluster
    services.start("flower")
    address = f"http://127.0.0.1:{services.ports['flower']}/api/workers"

    def asked(password: str) -> httpx.Response | None:
        services.programs["flower"].demand_alive()
        with contextlib.suppress(httpx.TransportError):  # it has not started yet
            return httpx.get(address, params={"refresh": 1}, auth=("flower", password), timeout=60, trust_env=False)

    assert wait_for(lambda: asked("guessed"), "Flower").status_code == 401
    workers = wait_for(lambda: (seen := asked("petals")).status_code == 200 and seen.json(), "workers in Flower")
    assert set(workers) == {"celery@worker", "celery@gpu-worker"}
