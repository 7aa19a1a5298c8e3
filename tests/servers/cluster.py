"""The services of docker-compose.yml as processes of this machine: the file's own commands, with its own values.

Only what a container has of its own is replaced: hosts, ports and folders. So a value of the file that is wrong keeps
this cluster from working as it would keep Docker's.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import compose_file
import httpx
import postgresql
import pytest
import redis
from ports import free_port
from processes import Program, wait_for

from squatwatch.cli.steps import run_day
from squatwatch.feed_health.rules import SHIPPED
from squatwatch.lake.partitions import Lake
from squatwatch.settings import read_settings

DAG = "daily_detections"
NO_LOG_SERVER = "--skip-serve-logs"  # it would listen on every interface; logs are read from the folder
AIRFLOW = {
    "api-server": [],
    "scheduler": [],
    "dag-processor": [],
    "triggerer": [NO_LOG_SERVER],
    "worker": [NO_LOG_SERVER, "--celery-hostname", "worker"],
    "gpu-worker": [NO_LOG_SERVER, "--celery-hostname", "gpu-worker"],
}


class Cluster:
    """The services that run, by name; `data` is the data root, `database` the server that Airflow's database is on."""

    def __init__(
        self, folder: Path, database: postgresql.Server, dot_env: Mapping[str, str], changes: Mapping[str, str]
    ):
        """`dot_env` is what `.env` says beside the secrets; `changes` are values of the file that are other here."""
        self.folder, self.data, self.database = folder, folder / "data", database
        self.dot_env = {name: secrets.token_urlsafe(32) for name in compose_file.SECRETS} | dict(dot_env)
        self.dot_env["AIRFLOW_FERNET_KEY"] += "="
        self.ports = {name: free_port() for name in ("api-server", "scheduler", "redis", "flower")}
        address = postgresql.create_role_and_database(database.url, "airflow", self.dot_env["POSTGRES_PASSWORD"])
        self.here = {
            r"@postgres/": f"@{address}/",
            r"@redis:6379/": f"@127.0.0.1:{self.ports['redis']}/",
            r"//api-server:8080": f"//127.0.0.1:{self.ports['api-server']}",
            r"(?<![\w/])/opt/airflow": str(folder / "airflow"),
            r"(?<![\w/])/opt/squatwatch": str(compose_file.ROOT),
            r"(?<![\w/])/data\b": str(self.data),
        }
        self.changes = self._of_this_machine() | dict(changes)
        self.programs: dict[str, Program] = {}
        self.api = httpx.Client(base_url=f"http://127.0.0.1:{self.ports['api-server']}", timeout=60, trust_env=False)

    def _of_this_machine(self) -> dict[str, str]:
        """Variables that a container leaves to its image and to its network."""
        return {
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.ports["api-server"]),
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_HOST": "127.0.0.1",
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(self.ports["scheduler"]),
            # tests beside this one may keep the API server from answering for long; three missed answers end a task
            "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
            "AIRFLOW__CELERY__FLOWER_HOST": "127.0.0.1",
            "AIRFLOW__CELERY__FLOWER_PORT": str(self.ports["flower"]),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "NO_PROXY": "127.0.0.1,localhost",
        }

    # --- processes ---------------------------------------------------------------------------------------------------
    def start(self, service: str, name: str | None = None) -> Program:
        """Starts the service; where it ran before its log goes on. One more of it has a name of its own."""
        name = name or service
        folder = self.folder / service
        (folder / "secrets").mkdir(parents=True, exist_ok=True)
        for secret, content in compose_file.secret_files(service, self.dot_env).items():
            (folder / "secrets" / secret).write_text(self._here(service, content))
        command = [self._here(service, word) for word in compose_file.command(service, self.dot_env)]
        if service == "redis":
            command += ["--bind", "127.0.0.1", "--port", str(self.ports["redis"])]
        command += [name if word == service else word for word in AIRFLOW.get(service, [])]
        program = Program(command, self.environment(service), folder / f"{name}.log")
        self.programs[name] = program
        return program

    def environment(self, service: str) -> dict[str, str]:
        outside = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "SQUATWATCH_", "PYTHON"))}
        of_file = compose_file.environment(service, self.dot_env)
        return outside | {name: self._here(service, value) for name, value in of_file.items()} | self.changes

    def _here(self, service: str, text: str) -> str:
        for there, here in (self.here | {"/run/secrets": str(self.folder / service / "secrets")}).items():
            text = re.sub(there, here, text)
        return text

    def start_all(self) -> None:
        """Starts everything in the order of `depends_on`; returns when both workers wait for tasks."""
        for folder in (self.data, self.folder / "airflow/logs"):
            folder.mkdir(parents=True)
        self.start("redis")
        wait_for(self.redis_answers, "Redis")
        assert self.start("init").process.wait() == 0, self.programs["init"].output
        del self.programs["init"]
        for service in AIRFLOW:
            self.start(service)
        wait_for(self.is_ready, "all services")

    def is_ready(self) -> bool:
        for program in self.programs.values():
            program.demand_alive()
        health = self.health()
        parts = ("metadatabase", "scheduler", "triggerer", "dag_processor")
        if not all((health.get(part) or {}).get("status") == "healthy" for part in parts):
            return False
        return all(self.waits_for_tasks(name) for name in ("worker", "gpu-worker")) and "dag_id" in self.ask(
            f"/api/v2/dags/{DAG}"
        )

    def waits_for_tasks(self, worker: str) -> bool:
        return "ready." in self.programs[worker].output

    def redis_answers(self) -> bool:
        password = self.dot_env["REDIS_PASSWORD"]
        with redis.Redis(port=self.ports["redis"], password=password) as client:
            try:
                return bool(client.ping())
            except redis.exceptions.ConnectionError:
                return False

    def kill_all(self) -> None:
        self.api.close()
        for program in self.programs.values():
            program.kill()

    # --- Airflow's API -----------------------------------------------------------------------------------------------
    @cached_property
    def token(self) -> str:
        login = {"username": "admin", "password": self.dot_env["AIRFLOW_ADMIN_PASSWORD"]}
        return str(self.api.post("/auth/token", json=login).raise_for_status().json()["access_token"])

    def ask(self, path: str, method: str = "GET", **json: object) -> dict:
        """The answer of Airflow's API to the admin."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.api.request(method, path, json=json or None, headers=headers).json()

    def health(self) -> dict:
        """Health of Airflow's parts as it says itself; empty where it does not answer yet."""
        try:
            return self.api.get("/api/v2/monitor/health").json()
        except (httpx.HTTPError, ValueError):
            return {}

    def runs(self) -> list[dict]:
        return self.ask(f"/api/v2/dags/{DAG}/dagRuns?limit=100")["dag_runs"]

    def tasks(self, **wanted: str) -> list[dict]:
        """The task instances of all runs, of which each has these values."""
        found = self.ask(f"/api/v2/dags/{DAG}/dagRuns/~/taskInstances?limit=1000")["task_instances"]
        return [task for task in found if all(task[name] == value for name, value in wanted.items())]


@contextmanager
def cluster(folder: Path, dot_env: Mapping[str, str], changes: Mapping[str, str]) -> Iterator[Cluster]:
    """Gives a cluster at work, its PostgreSQL and Redis included, and ends it; skipped where they are not installed."""
    programs = postgresql.programs()
    if programs is None or not shutil.which("redis-server"):
        pytest.skip("no PostgreSQL or no Redis server is installed (apt-get install postgresql redis-server)")
    with postgresql.server(programs) as database:
        services = Cluster(folder, database, dot_env, changes)
        try:
            services.start_all()
            yield services
        finally:
            services.kill_all()


def write_list(folder: Path, run_date: date, count: int) -> None:
    """Writes the list of a date; five of its names imitate."""
    imitators = ["paypal-login", "arnazon-account", "fedex-paket-info", "app1e-support", "micros0ft"]
    others = [f"orchard{n}view" for n in range(count - len(imitators))]
    names = [f"{name}-{run_date:%d}" for name in [*imitators, *others]]
    (folder / f"{run_date}.tmp").write_text("".join(f"{name}.com\n" for name in names))
    (folder / f"{run_date}.tmp").rename(folder / f"{run_date}.txt")


def of_lists(folder: Path) -> dict[str, str]:
    """What `.env` says so that dates are made of these lists, however short they are."""
    (folder / "rules.yml").write_text(SHIPPED.read_text().replace("least: 1000,", "least: 1,"))
    return {
        "SQUATWATCH_SOURCES": "file",
        "SQUATWATCH_FILE_TEMPLATE": f"{folder}/{{date:%Y-%m-%d}}.txt",
        "SQUATWATCH_FEED_HEALTH_FILE": f"{folder}/rules.yml",
        "SQUATWATCH_POLL_MINUTES": "0.2",
        "SQUATWATCH_SCORE_QUEUE": "gpu",
    }


def made_alone(home: Path, folder: Path, dates: Iterable[date]) -> Path:
    """The data root of a machine that does the dates of these lists one after the other."""
    template, rules = str(folder / "{date:%Y-%m-%d}.txt"), folder / "rules.yml"
    settings = read_settings(home=home, sources="file", file_template=template, feed_health_file=rules)
    for run_date in dates:
        run_day(settings, run_date, None, refetch=False)
    return home


def date_of(run: dict) -> date:
    return datetime.fromisoformat(run["logical_date"]).date()


@contextmanager
def while_it_scores(services: Cluster, dates: Iterable[date]) -> Iterator[date]:
    """Runs the block while a task scores one of the dates, and gives that date.

    A lock on the date, which a step takes to write, keeps the task at work until the block ends.
    """
    lake = Lake(services.data)
    transformed = lambda: next((day for day in dates if lake.partition("candidates", day).is_file()), None)  # noqa: E731
    run_date = wait_for(transformed, "a date with candidates")
    with lake.exclusive(run_date):
        wait_for(lambda: _waits_for_a_lock(services.programs["gpu-worker"]), f"a score of {run_date} that would write")
        yield run_date


def _waits_for_a_lock(program: Program) -> bool:
    """Whether one of its processes waits for a lock on a file, as a step does that another keeps from writing."""
    waiting = {int(line.split()[5]) for line in Path("/proc/locks").read_text().splitlines() if " -> " in line}
    return not waiting.isdisjoint(process.pid for process in program.family())
