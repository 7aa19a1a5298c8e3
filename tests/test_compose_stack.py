"""docker-compose.yml started for real: a backfill that loses worker, Redis and PostgreSQL in the middle, a restore, S3.

`make test-stack` runs it where root may start a Docker engine. Images are not built: the programs are this machine's
(`servers/docker_engine.py`), the checkout and its `.venv` are mounted where the Dockerfile copies them, PostgreSQL and
Redis are Debian's, not of the versions that the file names, the gpu worker has no GPU, and S3 is moto's server. Each
test goes on from the one before.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import compose_file
import docker_engine
import httpx
import pytest
import s3_server
from botocore.exceptions import ClientError
from compose_stack import Stack, answer_of, stack, wait_for
from same_tables import content
from scoring_server import invoke, runtime_client
from signed_requests import KEY_ID, SECRET

from squatwatch import DAILY_DAG
from squatwatch.settings import read_settings
from squatwatch.store import s3
from squatwatch.store.door import follow, follow_warehouse

ROOT = Path(__file__).resolve().parents[1]
DATES = [date(2026, 11, day) for day in range(3, 8)]
DATES_IN_S3 = [date(2026, 11, 1), date(2026, 11, 2)]  # before what anna judges, so her verdict says nothing of them
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


def states(client, dates: list[date], *, of: str = "") -> list[dict]:
    """The runs of a backfill, or their task instances; none while the API server cannot answer."""
    where = f"{RUNS}/~/taskInstances" if of else RUNS
    answer = answer_of(lambda: client.get(where, params={"limit": 200} | ({"task_id": of} if of else {})))
    entries = (answer or {}).get("task_instances" if of else "dag_runs", [])
    days = set(map(str, dates))
    return [each for each in entries if each["dag_run_id"].startswith("backfill") and each["logical_date"][:10] in days]


def begin_backfill(client, dates: list[date]) -> None:
    """Asks for it, and returns when one of the dates is being scored."""
    unpause = {"url": f"/api/v2/dags/{DAILY_DAG}", "json": {"is_paused": False}}
    wait_for(lambda: client.patch(**unpause).status_code == 200)  # it answers 404 until the DAG is read
    body = {"dag_id": DAILY_DAG, "from_date": f"{dates[0]}T00:00:00Z", "to_date": f"{dates[-1]}T00:00:00Z"}
    assert client.post("/api/v2/backfills", json=body | {"max_active_runs": 3}).status_code == 200
    wait_for(lambda: any(task["state"] == "running" for task in states(client, dates, of="score")), every=0.2)


def end_backfill(client, dates: list[date]) -> None:
    """Returns when all of it is done; one of the dates was scored a second time, as its worker was lost."""
    wait_for(lambda: [run["state"] for run in states(client, dates)] == ["success"] * len(dates), seconds=1200)
    assert max(task["try_number"] for task in states(client, dates, of="score")) > 1


def made_alone(folder: Path, dates: list[date]) -> Path:
    """The data root of a single machine with these dates."""
    window = ["--from", str(dates[0]), "--to", str(dates[-1])]
    alone = os.environ | {"SQUATWATCH_HOME": str(folder)}
    subprocess.run([sys.executable, "-m", "squatwatch.cli", "backfill", *window], env=alone, check=True)
    return folder


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
    secrets = [SECRET, *(cluster.dot_env[name] for name in [*compose_file.SECRETS, "FLOWER_PASSWORD"])]
    assert [name for name in secrets if name in shown or name in variables] == []


def test_scores_are_for_whoever_signs_with_a_key_of_the_access_file(cluster):
    assert_it_scores(cluster)
    with pytest.raises(ClientError) as refused:
        invoke(client_of_scores(cluster, "a guess"), "paypa1-login.com\n")
    assert refused.value.response["Error"]["Code"] == "InvalidSignatureException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def client_of_scores(cluster: Stack, secret: str = SECRET):
    return runtime_client(f"http://127.0.0.1:{cluster.ports['serve']}", KEY_ID, secret)


def assert_it_scores(cluster: Stack) -> None:
    name, domain, brand, score, *_ = invoke(client_of_scores(cluster), "paypa1-login.com\n").split(",")
    assert (name, domain, brand) == ("paypa1-login.com", "paypa1-login.com", "paypal") and float(score) > 0.9


def test_flower_shows_both_workers_to_whoever_has_its_password(cluster):
    address = f"http://127.0.0.1:{cluster.ports['flower']}/api/workers"

    def asked(password: str) -> httpx.Response | None:
        with contextlib.suppress(httpx.TransportError):  # it has not started yet
            return httpx.get(address, params={"refresh": 1}, auth=("flower", password), timeout=60, trust_env=False)

    assert wait_for(lambda: asked("guessed")).status_code == 401
    password = cluster.dot_env["FLOWER_PASSWORD"]
    workers = wait_for(lambda: len(seen := asked(password).json()) == 2 and seen)
    assert {queue["name"] for worker in workers.values() for queue in worker["active_queues"]} == {"default", "gpu"}


def test_a_backfill_outlives_its_worker_redis_and_postgresql(cluster, admin):
    begin_backfill(admin, DATES)
    cluster.compose("kill", "gpu-worker")  # SIGKILL
    cluster.compose("restart", "redis")
    cluster.compose("restart", "postgres")
    cluster.compose("start", "gpu-worker")
    end_backfill(admin, DATES)


def hashes(cluster: Stack) -> list[str]:
    """Returns the hashes of the stack's tables, made by a Python in it: views have absolute paths."""
    return cluster.python(HASHES).splitlines()[-1].split(";")


HASHES = f"""
import datetime, pathlib, sys
sys.path.insert(0, "{ROOT}/tests/servers")
from same_tables import content
print(*sorted(map(str, content(pathlib.Path("/data"), {DATES!r}).items())), sep=";")
"""


def test_its_tables_are_those_of_a_single_machine(cluster, tmp_path):
    there = hashes(cluster)
    assert there == sorted(map(str, content(made_alone(tmp_path, DATES), DATES).items()))
    assert len(there) > 50 and str(DATES[-1]) in cluster.squatwatch("status")


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
    before = hashes(cluster)

    dump = cluster.compose("exec", "-T", "postgres", *DUMP).stdout
    data = cluster.compose(*IN_CLI, "tar", "cli", "-C", "/data", "-cz", "--exclude=./work", ".").stdout
    cluster.compose("down", "--volumes", "--timeout", "20")
    cluster.compose("up", "--detach", "--wait", "postgres")
    cluster.compose("exec", "-T", "postgres", *RESTORE, input=dump)
    cluster.compose(*IN_CLI, "tar", "cli", "-C", "/data", "-xz", input=data)
    cluster.compose("up", "--detach", "--no-build")

    assert hashes(cluster) == before
    with cluster.login("anna", "of anna") as anna:
        assert "seen before the fire" in anna.get(f"/squatwatch/?date={DATES[-1]}").text
    code = "from airflow.models import Connection; print(Connection.get_connection_from_secrets('feed').password)"
    assert cluster.python(code).splitlines()[-1] == CONNECTION["password"]


FIRST = f"select detection_id from detections where run_date = '{DATES[-1]}' and is_detection order by all limit 1"
FIRST_IN_S3 = FIRST.replace("detection_id", "detection_id, domain").replace(str(DATES[-1]), str(DATES_IN_S3[-1]))
DUMP = ["pg_dump", "--username", "airflow", "--format", "custom", "airflow"]
RESTORE = ["pg_restore", "--username", "airflow", "--dbname", "airflow", "--exit-on-error"]
IN_CLI = ["run", "--rm", "--no-deps", "-T", "--entrypoint"]
CONNECTION = {"connection_id": "feed", "conn_type": "http", "password": "encrypted with the Fernet key"}


@pytest.fixture(scope="module")
def in_s3(cluster, admin):
    """The URL of the data root from now on: what docs/s3.md says of the stack, and a backfill that loses its worker."""
    with s3_server.no_credentials_of_the_machine() as patch:
        patch.setenv("AWS_CA_BUNDLE", str(cluster.authorities))
        patch.setenv("AIRFLOW_CONN_AWS_DEFAULT", s3_server.connection(f"https://127.0.0.1:{cluster.ports['s3']}"))
        s3._client.cache_clear()
        s3_server.client(f"https://127.0.0.1:{cluster.ports['s3']}").create_bucket(Bucket="bucket")
        cluster.compose("cp", str(cluster.authorities), "worker:/data/authorities.pem")
        cluster.set(
            SQUATWATCH_HOME="s3://bucket/prefix",
            AIRFLOW_CONN_AWS_DEFAULT=s3_server.connection("https://s3"),
            AWS_CA_BUNDLE="/data/authorities.pem",
        )
        cluster.compose("up", "--detach", "--no-build")
        begin_backfill(admin, DATES_IN_S3)
        cluster.compose("kill", "gpu-worker")
        cluster.compose("start", "gpu-worker")
        end_backfill(admin, DATES_IN_S3)
        yield "s3://bucket/prefix"
        s3._client.cache_clear()


def test_tables_in_s3_are_those_of_a_single_machine(in_s3, tmp_path):
    """Reads the tables as a machine outside the stack that has seen nothing so far."""
    settings = read_settings(home=in_s3, scratch=tmp_path / "scratch", database_url="sqlite://")
    follow(settings)
    follow_warehouse(settings)
    made = content(settings.home, DATES_IN_S3)
    assert len(made) > 20
    assert made == content(made_alone(tmp_path / "alone", DATES_IN_S3), DATES_IN_S3)


def test_what_is_in_s3_is_on_the_page_and_counts_for_whoever_asks_for_scores(cluster, in_s3, admin):
    detection, domain = cluster.squatwatch("query", "--format", "csv", FIRST_IN_S3).split()[-1].split(",")
    page = f"/squatwatch/?date={DATES_IN_S3[-1]}"
    assert wait_for(lambda: detection in admin.get(page).text)
    assert_it_scores(cluster)
    partner = {"run_date": str(DATES_IN_S3[-1]), "detection_id": detection, "reason": "a partner"}
    assert admin.post("/squatwatch/allowlist", json=partner, headers=HERE).status_code == 200
    wait_for(lambda: "a partner" in invoke(client_of_scores(cluster), f"{domain}\n"))


def test_a_new_container_has_what_this_machine_has_fetched(cluster, in_s3):
    """Also one that lives for a command only."""
    count = (
        "import pathlib; print(len([*pathlib.Path('/opt/airflow/.cache/squatwatch').glob('*/objects/**/*.parquet')]))"
    )
    assert int(cluster.python(count)) > 20


def test_the_volume_moves_into_the_bucket_by_a_connection_that_is_written_as_a_url(cluster, in_s3, tmp_path):
    """The way of docs/s3.md for a stack that has data, with another connection than the stack's own."""
    place = urlencode({"endpoint_url": "https://s3", "region_name": "us-east-1"})
    variables = {
        "SQUATWATCH_HOME": "/data",
        "SQUATWATCH_STORE_CONNECTION": "bucket",
        "AIRFLOW_CONN_BUCKET": f"aws://access-key:s3cr3t-key@/?{place}",
        "AIRFLOW_CONN_AWS_DEFAULT": "",
    }
    options = [word for name, value in variables.items() for word in ("--env", f"{name}={value}")]
    cluster.compose("run", "--rm", "--no-deps", "-T", *options, "cli", "move", "--to", "s3://bucket/moved")

    settings = read_settings(home="s3://bucket/moved", scratch=tmp_path, database_url="sqlite://")
    follow(settings)
    follow_warehouse(settings)
    there = content(settings.home, DATES)
    assert len(there) > 50 and sorted(map(str, there.items())) == hashes(cluster)
