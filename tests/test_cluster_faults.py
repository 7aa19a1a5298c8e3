"""What befalls all processes of docker-compose.yml together: SIGTERM to each, Redis emptied, PostgreSQL away a minute.

One cluster lives through it all, a date for each fault, and what ends is started again, as Docker does it. The tests
then look at what became of it, and how long that took (`pytest -s` prints it; docs/operations.md has it).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
import redis
from cluster import AIRFLOW, DAG, Cluster, cluster, date_of, made_alone, of_lists, while_it_scores, write_list
from processes import wait_for
from same_tables import content

from squatwatch.lake.partitions import Lake

pytestmark = [pytest.mark.slow, pytest.mark.machines, pytest.mark.long]

NAMES = 40
AWAY = 60  # seconds without PostgreSQL
QUICKER = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",  # in the file it is a minute
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "20",  # Airflow's own is ten minutes
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "10",
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600",  # nobody changes the DAG files meanwhile
    "SQUATWATCH_DEVICE": "cpu",  # there may be no GPU here
}


@dataclass
class Faulty:
    """A cluster, and the dates that it was hit in."""

    services: Cluster
    lists: Path
    dates: dict[str, date] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)  # from the end of a fault to the date's end

    def begin(self, fault: str) -> date:
        """Asks for the date of the fault."""
        run_date = min(self.dates.values()) - timedelta(days=1)
        self.dates[fault] = run_date
        write_list(self.lists, run_date, NAMES)
        backfill = {"dag_id": DAG} | dict.fromkeys(("from_date", "to_date"), f"{run_date}T00:00:00Z")
        # refused until the scheduler has noticed that the one before is over
        wait_for(lambda: "id" in self.services.ask("/api/v2/backfills", "POST", **backfill), f"the run of {run_date}")
        return run_date

    def end(self, fault: str) -> None:
        """Waits for the date's end."""
        began = time.monotonic()
        wait_for(lambda: self.state_of(self.dates[fault]) in ("success", "failed"), f"the end of {fault}")
        self.seconds[fault] = time.monotonic() - began

    def state_of(self, run_date: date) -> str | None:
        """The state of the date's run; what has ended is started again first."""
        self.start_what_ended()
        return self.asked(lambda: {date_of(run): run["state"] for run in self.services.runs()}.get(run_date))

    def start_what_ended(self) -> None:
        """Starts again what has ended, as `restart: unless-stopped` of the file has Docker do."""
        for name, program in list(self.services.programs.items()):
            if program.process.poll() is not None:
                self.services.start(name)

    def asked(self, question: Callable[[], object]) -> object:
        """The answer of Airflow's API; None while it cannot answer."""
        try:
            return question()
        except (httpx.HTTPError, ValueError, KeyError):
            return None


@pytest.fixture(scope="module")
def faulty(tmp_path_factory) -> Iterator[Faulty]:
    lists = tmp_path_factory.mktemp("lists")
    with cluster(tmp_path_factory.mktemp("cluster"), of_lists(lists), QUICKER) as services:
        here = Faulty(services, lists)
        services.ask(f"/api/v2/dags/{DAG}", "PATCH", is_paused=False)
        (run,) = wait_for(services.runs, "the run of yesterday")
        here.dates["nothing"] = date_of(run)
        write_list(lists, here.dates["nothing"], NAMES)
        here.end("nothing")
        sigterm_to_every_process(here)
        redis_is_emptied(here)
        postgresql_is_away(here)
        yield here


def sigterm_to_every_process(here: Faulty) -> None:
    """While it scores."""
    with while_it_scores(here.services, [here.begin("SIGTERM")]):
        for program in here.services.programs.values():
            program.process.terminate()
        time.sleep(5)
    wait_for(lambda: all(p.process.poll() is not None for p in here.services.programs.values()), "the end of all")
    here.services.start("redis")
    wait_for(here.services.redis_answers, "Redis")
    for service in AIRFLOW:
        here.services.start(service)
    here.end("SIGTERM")


def redis_is_emptied(here: Faulty) -> None:
    """While a score waits in it for a worker."""
    here.services.programs.pop("gpu-worker").end()
    run_date = here.begin("FLUSHALL")
    wait_for(lambda: here.asked(lambda: queued(here, run_date)), f"a score of {run_date} that waits")
    with redis.Redis(port=here.services.ports["redis"], password=here.services.dot_env["REDIS_PASSWORD"]) as client:
        assert client.llen("gpu") == 1
        client.flushall()
    here.services.start("gpu-worker")
    here.end("FLUSHALL")


def queued(here: Faulty, run_date: date) -> bool:
    tasks = here.services.tasks(task_id="score", state="queued")
    return any(task["logical_date"].startswith(str(run_date)) for task in tasks)


def postgresql_is_away(here: Faulty) -> None:
    """For a minute, while a task scores and after it."""
    with while_it_scores(here.services, [here.begin("no database")]):
        here.services.database.stop()
    end = time.monotonic() + AWAY
    while time.monotonic() < end:
        here.start_what_ended()
        time.sleep(1)
    here.services.database.start()
    here.end("no database")


def test_every_date_was_done_with_the_tables_of_a_single_machine(faulty, tmp_path):
    print({fault: f"{seconds:.0f} s" for fault, seconds in faulty.seconds.items()})
    states = {fault: faulty.state_of(run_date) for fault, run_date in faulty.dates.items()}
    assert states == dict.fromkeys(faulty.dates, "success")
    dates = sorted(faulty.dates.values())
    assert content(faulty.services.data, dates) == content(made_alone(tmp_path / "data", faulty.lists, dates), dates)


def test_no_name_was_scored_into_two_verdicts(faulty):
    lake = Lake(faulty.services.data)
    histories = {fault: list(lake.folder("detections_history", day).glob("*")) for fault, day in faulty.dates.items()}
    assert {fault: len(files) for fault, files in histories.items()} == dict.fromkeys(faulty.dates, 1)


def test_what_redis_lost_was_queued_again_and_nothing_else_failed(faulty):
    (score,) = faulty.services.tasks(task_id="score", logical_date=f"{faulty.dates['FLUSHALL']}T00:00:00Z")
    assert score["state"] == "success"
    assert {task["state"] for task in faulty.services.tasks()} <= {"success", "skipped"}
