"""docker-compose.yml started for real: a backfill that loses worker, Redis and PostgreSQL in the middle, a restore.

`make test-stack` runs it where root may start a Docker engine. Images are not built: the programs are this machine's
(`servers/docker_engine.py`), the checkout and its `.venv` are mounted where the Dockerfile copies them, PostgreSQL and
Redis are Debian's, not of the versions that the file names, and the gpu worker has no GPU. Each test goes on from the
one before.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from functools import partial
from pathlib import Path

import compose_file
import docker_engine
import pytest
from compose_stack import answer_of, stack, wait_for

from squatwatch import DAILY_DAG

ROOT = Path(__file__).resolve().parents[1]
DATES = [date(2026, 11, day) for day in range(1, 6)]
WINDOW = ["--from", str(DATES[0]), "--to", str(DATES[-1])]
RUNS = f"/api/v2/dags/{DAILY_DAG}/dagRuns"
HERE = {"Sec-Fetch-Site": "same-origin"}

pytestmark = [pytest.mark.slow, pytest.mark.machines, pytest.mark.long]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The stack, all services started; nothing of it is left afterwards."""
    compose = ROOT / ".venv/bin/docker-compose"
    reason = docker_engine.missing()
    reason = reason or next((f"no {name}: apt-get install {name}" for name in PROGRAMS if not _is_there(name)), None)
    if reason or not compose.exists():
        pytest.skip(reason or f"{compose} is missing: make test-stack installs it")
    before = docker_engine.traces()
    with stack(str(compose), tmp_path_factory.mktemp("stack")) as started:
        started.compose("up", "--detach", "--no-build")
        yield started
    assert docker_engine.traces() == before


PROGRAMS = ("redis-server", "postgresql")


def _is_there(package: str) -> bool:
    return bool(shutil.which(package) or list(Path("/usr/lib").glob(f"{package}/*/bin/postgres")))


@pytest.fixture(scope="module")
def admin(cluster):
    with cluster.login("admin", cluster.dot_env["AIRFLOW_ADMIN_PASSWORD"]) as client:
        yield client


def states(client, *, of: str = "") -> list[dict]:
    """The runs of the backfill, or their task instances; none while the API server cannot answer."""
    where = f"{RUNS}/~/taskInstances" if of else RUNS
    answer = answer_of(lambda: client.get(where, params={"limit": 200} | ({"task_id": of} if of else {})))
    entries = (answer or {}).get("task_instances" if of else "dag_runs", [])
    return [entry for entry in entries if entry["dag_run_id"].startswith("backfill")]


def test_every_service_is_healthy_and_nobody_is_in_without_a_login(cluster, admin):
    checked = [name for name, service in compose_file.SERVICES.items() if "healthcheck" in service]
    assert set(compose_file.SERVICES) - set(checked) == {"init", "cli", "flower"}
    for name in checked:
        ill = partial(cluster.ill, name)
        wait_for(lambda ill=ill: not ill(), why=ill)
    assert admin.get("/squatwatch/").status_code == 200
    assert admin.get("/squatwatch/", headers={"Authorization": ""}).status_code == 401


def test_no_secret_is_shown_by_docker_inspect_or_is_a_variable_of_a_task(cluster):
    ids = cluster.compose("ps", "--all", "--quiet").stdout.decode().split()
    shown = docker_engine.docker(cluster.variables["DOCKER_HOST"], "inspect", *ids).stdout.decode()
    variables = cluster.compose("exec", "-T", "worker", "env").stdout.decode()
    assert "SQUATWATCH_DATABASE_URL_FILE=" in shown and "SQUATWATCH_DATABASE_URL_FILE=" in variables
    secrets = [cluster.dot_env[name] for name in compose_file.SECRETS]
    assert [name for name in secrets if name in shown or name in variables] == []


def test_a_backfill_outlives_its_worker_redis_and_postgresql(cluster, admin):
    unpause = {"url": f"/api/v2/dags/{DAILY_DAG}", "json": {"is_paused": False}}
    wait_for(lambda: admin.patch(**unpause).status_code == 200)  # it answers 404 until the DAG is read
    body = {"dag_id": DAILY_DAG, "from_date": f"{DATES[0]}T00:00:00Z", "to_date": f"{DATES[-1]}T00:00:00Z"}
    assert admin.post("/api/v2/backfills", json=body | {"max_active_runs": 3}).status_code == 200
    wait_for(lambda: any(task["state"] == "running" for task in states(admin, of="score")), every=0.2)
    cluster.compose("kill", "gpu-worker")  # SIGKILL
    cluster.compose("restart", "redis")
    cluster.compose("restart", "postgres")
    cluster.compose("start", "gpu-worker")
    wait_for(lambda: [run["state"] for run in states(admin)] == ["success"] * 5, seconds=1200)
    assert max(task["try_number"] for task in states(admin, of="score")) > 1  # the one that was lost


def hashes(run, home: str) -> list[str]:
    """What `same_tables` says of a data root, by a Python that sees it there: views name files by absolute paths."""
    return run(HASHES.replace("HOME", home)).splitlines()[-1].split(";")


HASHES = f"""
import datetime, pathlib, sys
sys.path.insert(0, "{ROOT}/tests/servers")
from same_tables import content
print(*sorted(map(str, content(pathlib.Path("HOME"), {DATES!r}).items())), sep=";")
"""


def test_its_tables_are_those_of_a_single_machine(cluster, tmp_path):
    alone = os.environ | {"SQUATWATCH_HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-m", "squatwatch.cli", "backfill", *WINDOW], env=alone, check=True)
    there = hashes(cluster.python, "/data")
    assert there == hashes(lambda code: subprocess.check_output([sys.executable, "-c", code], text=True), str(tmp_path))
    assert len(there) > 50 and "2026-11-05" in cluster.squatwatch("status")


def test_a_backup_is_restored_into_an_empty_stack(cluster, admin, tmp_path):
    """As docs/operations.md says: the database, the data root, and .env, which has the keys."""
    user = {"username": "anna", "password": "of anna", "roles": [{"name": "Analyst"}], "email": "anna@example.org"}
    user |= {"first_name": "Anna", "last_name": "Ito"}
    assert admin.post("/auth/fab/v1/users", json=user).status_code == 200
    with cluster.login("anna", "of anna") as anna:
        day = {"run_date": str(DATES[-1]), "verdict": "squat", "note": "seen before the fire"}
        detection = cluster.squatwatch("query", "--format", "csv", FIRST).split()[-1]
        judged = anna.post("/squatwatch/labels", json=day | {"detection_ids": [detection]}, headers=HERE)
        assert judged.status_code == 200, judged.text
    assert admin.post("/api/v2/connections", json=CONNECTION).status_code == 201
    before = hashes(cluster.python, "/data")

    dump = cluster.compose("exec", "-T", "postgres", *DUMP).stdout
    data = cluster.compose(*IN_CLI, "tar", "cli", "-C", "/data", "-cz", "--exclude=./work", ".").stdout
    cluster.compose("down", "--volumes", "--timeout", "20")
    cluster.compose("up", "--detach", "--wait", "postgres")
    cluster.compose("exec", "-T", "postgres", *RESTORE, input=dump)
    cluster.compose(*IN_CLI, "tar", "cli", "-C", "/data", "-xz", input=data)
    cluster.compose("up", "--detach", "--no-build")

    assert hashes(cluster.python, "/data") == before
    with cluster.login("anna", "of anna") as anna:
        assert "seen before the fire" in anna.get(f"/squatwatch/?date={DATES[-1]}").text
    code = "from airflow.models import Connection; print(Connection.get_connection_from_secrets('feed').password)"
    assert cluster.python(code).splitlines()[-1] == CONNECTION["password"]


FIRST = f"select detection_id from detections where run_date = '{DATES[-1]}' and is_detection order by all limit 1"
DUMP = ["pg_dump", "--username", "airflow", "--format", "custom", "airflow"]
RESTORE = ["pg_restore", "--username", "airflow", "--dbname", "airflow", "--exit-on-error"]
IN_CLI = ["run", "--rm", "--no-deps", "-T", "--entrypoint"]
CONNECTION = {"connection_id": "feed", "conn_type": "http", "password": "encrypted with the Fernet key"}
