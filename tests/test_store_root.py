"""A data root in S3: what machines with only a scratch folder make there is what one machine makes in a folder."""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import Result
from faulty_proxy import faulty_proxy
from pyarrow.dataset import dataset
from pyarrow.fs import S3FileSystem
from runner import Ended, Runner
from s3_rights import refusing
from s3_server import client, connection, no_credentials_of_the_machine, s3_server
from same_tables import content
from typer.testing import CliRunner

from squatwatch import pipeline
from squatwatch.backfill import backfill, wanted_dates
from squatwatch.cli import app
from squatwatch.cli.steps import run_day
from squatwatch.errors import Damaged, SquatwatchError
from squatwatch.settings import Settings, read_settings
from squatwatch.store import s3
from squatwatch.store.door import follow, follow_warehouse
from squatwatch.store.s3_policy import Role, policy_of
from squatwatch.store.whole.move_in import move_into_store
from squatwatch.warehouse.connection import ask, warehouse_path

pytestmark = [pytest.mark.slow, pytest.mark.machines]

DATES = [date(2026, 11, day) for day in (1, 2, 3)]
STEPS = ("download", *pipeline.STEPS, "publish")


@pytest.fixture(scope="module")
def server():
    buckets = ("machines", "backfill", "commands", "faulty", "denied", "moved", "mirrored", "lost")
    with no_credentials_of_the_machine() as patch, s3_server(*buckets) as address:
        patch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(address))
        s3._client.cache_clear()
        yield address
        s3._client.cache_clear()


@pytest.fixture(scope="module")
def folder(once_a_test_run) -> Path:
    """A data root in a folder, in which one machine has done the dates in order."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("SQUATWATCH_")]:
            patch.delenv(name)

        def make(folder: Path) -> None:
            for run_date in DATES:
                run_day(read_settings(home=folder / "data"), run_date, None, refetch=False)

        settings = read_settings(home=once_a_test_run("sample-in-a-folder", make) / "data")
        pipeline.publish(settings)  # views name the folder in which it was made
    return settings.home


@pytest.fixture(scope="module")
def in_a_folder(folder) -> dict[tuple, str]:
    """What that machine makes of them."""
    return content(folder, DATES)


def machine(url: str, scratch: Path) -> Settings:
    return read_settings(home=url, scratch=scratch, database_url=f"sqlite:///{scratch.parent}/labels.db")


def seen(settings: Settings) -> dict[tuple, str]:
    """The same of a data root in a store, as a machine that has seen nothing so far reads it."""
    follow(settings)
    follow_warehouse(settings)
    return content(settings.home, DATES)


def do(step: str, settings: Settings, run_date: date) -> None:
    if step == "download":
        pipeline.download(settings, run_date, "sample")
    elif step == "publish":
        pipeline.publish(settings)
    else:
        pipeline.STEPS[step](settings, run_date)


def test_machines_that_take_turns_at_every_step_in_any_order_of_dates(server, in_a_folder, tmp_path):
    """Each step finds what it needs, though the other machine made it; one loses its scratch folder between steps."""
    machines = [machine("s3://machines/squat/watch", tmp_path / name) for name in "ab"]
    dates = random.Random(3).sample(DATES, len(DATES))
    for at, run_date in enumerate(dates):
        for number, step in enumerate(STEPS):
            settings = machines[(at + number) % 2]
            if number == 3:
                shutil.rmtree(settings.scratch, ignore_errors=True)
            do(step, settings, run_date)
    assert seen(machine("s3://machines/squat/watch", tmp_path / "c")) == in_a_folder


def test_a_backfill_in_worker_processes(server, in_a_folder, tmp_path):
    settings = machine("s3://backfill", tmp_path / "a")
    wanted = wanted_dates(settings, DATES)
    assert backfill(settings, wanted, print, jobs=2) == {}
    assert wanted_dates(settings, DATES) == []
    assert seen(machine("s3://backfill", tmp_path / "b")) == in_a_folder


@pytest.fixture
def runner():
    """A process that runs commands on a data root in S3, and can be killed."""
    runner = Runner("s3")
    yield runner
    runner.stop()


def test_a_data_root_that_is_moved_there_and_back_is_the_same(server, folder, in_a_folder, tmp_path, runner):
    """Killed three times on the way; a new machine goes on with the dates then."""
    home, url = tmp_path / "data", "s3://moved/squat/watch"
    shutil.copytree(folder, home)

    def move(to: str, kill_before: int = 0, home: str = str(home), scratch: str = "a") -> Ended:
        return runner.run(
            arguments=("move", "--to", to),
            home=home,
            environment={"SQUATWATCH_DATABASE_URL": "sqlite://", "SQUATWATCH_SCRATCH": str(tmp_path / scratch)},
            puts=True,
            kill_before=kill_before,
            output=str(tmp_path / "output.txt"),
        )

    assert [move(url, kill_before).status for kill_before in (3, 30, 40)] == [137, 137, 137]
    moved = move(url)
    said = (tmp_path / "output.txt").read_text()
    assert moved.status == 0 and "3 dates and what they share are in s3://moved/squat/watch" in said, said
    assert "by an earlier try" in said and f"next: set SQUATWATCH_HOME={url}" in said
    assert seen(machine(url, tmp_path / "b")) == in_a_folder
    assert move(str(tmp_path / "back"), home=url, scratch="c").status == 0
    shutil.rmtree(home)
    assert content(tmp_path / "back", DATES) == in_a_folder
    assert pipeline.publish(read_settings(home=tmp_path / "back")).warehouse.changed == []
    run_day(machine(url, tmp_path / "d"), date(2026, 11, 4), None, refetch=False)


def by_polars(server: str, place: str) -> pl.DataFrame:
    """What Polars finds there, by its own client."""
    options = {
        "aws_access_key_id": "access-key",
        "aws_secret_access_key": "s3cr3t-key",
        "aws_region": "us-east-1",
        "aws_endpoint_url": server,
        "aws_allow_http": "true",
    }
    return pl.scan_parquet(f"s3://{place}/", hive_partitioning=True, storage_options=options).collect()


def by_arrow(server: str, place: str) -> pl.DataFrame:
    """What Arrow finds there, by its own client."""
    bucket = S3FileSystem(
        access_key="access-key",
        secret_key="s3cr3t-key",
        region="us-east-1",
        scheme="http",
        endpoint_override=server.removeprefix("http://"),
    )
    return pl.from_arrow(dataset(place, filesystem=bucket, partitioning="hive").to_table())


@pytest.fixture(scope="module")
def mirrored(server, folder, tmp_path_factory) -> Settings:
    """A data root in S3 that is published at fixed keys as well."""
    place = tmp_path_factory.mktemp("mirrored")
    settings = machine("s3://mirrored/watch", place / "a").model_copy(update={"store_mirror": True})
    shutil.copytree(folder, place / "data")
    move_into_store(place / "data", settings, print)
    pipeline.publish(settings)
    follow_warehouse(settings)
    return settings


@pytest.mark.parametrize("engine", [by_polars, by_arrow])
def test_other_engines_read_what_is_published_at_fixed_keys(server, mirrored, engine):
    """The rows are those of the warehouse; a name of `run_date` is part of the key."""
    for table in ("registrations", "detections"):
        rows = engine(server, f"mirrored/watch/published/{table}")
        found = rows.select(pl.col("run_date").cast(pl.String), "domain").rows()
        expected = ask(mirrored.home, f"select run_date::text, domain from {table}")[1]
        assert sorted(found) == sorted(expected) != []


def test_the_mirror_has_one_key_a_date(server, mirrored):
    listed = client(server).list_objects_v2(Bucket="mirrored", Prefix="watch/published/detections/")
    keys = [one["Key"].partition("/")[2] for one in listed["Contents"]]
    assert keys == [f"published/detections/run_date={run_date}/detections.parquet" for run_date in DATES]


def test_what_the_bucket_has_lost_is_made_again_by_the_command_that_is_named(server, folder, in_a_folder, tmp_path):
    """Registrations and detections of a date: a machine that has no copy of them fetches its list and makes them."""
    shutil.copytree(folder, tmp_path / "data")
    move_into_store(tmp_path / "data", machine("s3://lost", tmp_path / "a"), print)
    bucket = client(server)
    keys = [one["Key"] for one in bucket.list_objects_v2(Bucket="lost", Prefix="objects/")["Contents"]]
    lost = [key for key in keys if f"run_date={DATES[1]}/registrations-" in key or f"{DATES[1]}/detections-" in key]
    for key in lost:
        bucket.delete_object(Bucket="lost", Key=key)
    settings = machine("s3://lost", tmp_path / "b")
    with pytest.raises(Damaged, match=rf"its object is gone: .*, or run: squatwatch run --date {DATES[1]} --refetch"):
        follow_warehouse(settings)
    assert len(lost) == 2 and pipeline.status(settings, DATES[1]).state == "unfinished"
    run_day(settings, DATES[1], None, refetch=True)
    assert seen(machine("s3://lost", tmp_path / "c")) == in_a_folder


def test_a_bucket_that_is_not_there_is_named_before_anything_is_done(server, tmp_path):
    with pytest.raises(
        SquatwatchError,
        match=r"check of 2026-11-01: s3://nowhere/commits/: the store refuses \(NoSuchBucket\); make the bucket",
    ):
        run_day(machine("s3://nowhere", tmp_path / "a"), DATES[0], None, refetch=False)


@pytest.fixture
def proxy(server, monkeypatch):
    """A proxy before the server; pauses between attempts are a thousandth as long as the code wants them."""
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(seconds / 1000))
    with faulty_proxy(server) as proxy:
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(proxy.address))
        s3._client.cache_clear()
        yield proxy
    s3._client.cache_clear()


def of_date(hashes: dict[tuple, str], run_date: date) -> dict[tuple, str]:
    return {key: hashed for key, hashed in hashes.items() if key[1] == run_date}


def test_a_server_that_fails_now_and_then_changes_nothing(proxy, in_a_folder, tmp_path):
    """Every fifth request meets a fault, each kind in turn, and what a worker has no right to do is refused."""
    faults = itertools.cycle([(500, "InternalError"), "cut", (503, "SlowDown"), "lost", (409, "OperationAborted")])
    requests, used = itertools.count(1), set()
    refused = refusing(policy_of(Role.WORKER, "s3://faulty"), used)
    proxy.fault = lambda method, path: next(faults) if next(requests) % 5 == 0 else refused(method, path)
    settings = machine("s3://faulty", tmp_path / "a")
    run_day(settings, DATES[0], None, refetch=False)
    follow_warehouse(settings)
    assert next(requests) > 50
    assert {action for action, _ in used} == {"s3:ListBucket", "s3:GetObject", "s3:PutObject"}
    assert of_date(content(settings.home, DATES[:1]), DATES[0]) == of_date(in_a_folder, DATES[0])


@pytest.mark.parametrize(
    ("first_refused", "answer", "remedy"),
    [
        (
            "commits/run_date=2026-11-01/00000003",
            (403, "AccessDenied"),
            "squatwatch store policy prints what connection",
        ),
        ("objects/detections/", (400, "ExpiredToken"), "renew what connection 'aws_default' has"),
        ("catalog/", (403, "RequestTimeTooSkewed"), "set the clock of this machine"),
    ],
)
def test_what_is_refused_in_the_middle_stops_and_a_later_run_goes_on(
    proxy, in_a_folder, tmp_path, first_refused, answer, remedy
):
    """A part of the bucket that is denied, keys that expire, a clock. What is committed stays; the rest is not seen."""
    refused = [False]

    def fault(method, path):
        refused[0] = refused[0] or (method == "PUT" and first_refused in path)
        return answer if refused[0] else None

    proxy.fault = fault
    url = f"s3://denied/{tmp_path.name}"
    settings = machine(url, tmp_path / "a")
    with pytest.raises(SquatwatchError, match=rf"s3://denied/\S+: .*; {remedy}.*, then run the command again"):
        run_day(settings, DATES[0], None, refetch=False)
    proxy.fault = lambda method, path: None
    again = machine(url, tmp_path / "b")
    follow_warehouse(again)
    assert not warehouse_path(again.home).exists()
    run_day(again, DATES[0], None, refetch=False)
    follow_warehouse(again)
    assert of_date(content(again.home, DATES[:1]), DATES[0]) == of_date(in_a_folder, DATES[0])


def test_commands_on_a_data_root_in_s3(server, tmp_path, monkeypatch):
    """As somebody types them, on two machines; no message has the secret of the connection."""
    monkeypatch.setenv("SQUATWATCH_HOME", "s3://commands/prefix")
    monkeypatch.setenv("SQUATWATCH_DATABASE_URL", f"sqlite:///{tmp_path}/labels.db")

    def squatwatch(name: str, *arguments: str) -> str:
        environment = os.environ | {"SQUATWATCH_SCRATCH": str(tmp_path / name)}
        command = [sys.executable, "-m", "squatwatch.cli", *arguments]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert "s3cr3t-key" not in ended.stdout + ended.stderr
        return ended.stdout

    def in_this_process(*arguments: str) -> Result:
        return CliRunner(env={"SQUATWATCH_SCRATCH": str(tmp_path / "c")}).invoke(app, arguments)

    assert "paypal" in squatwatch("a", "run", "--date", "2026-11-07")
    answer = squatwatch("b", "query", "select count(*) as found from detections where is_new", "--format", "csv")
    assert int(answer.split()[-1]) > 5
    in_this_process("export", "from detections", "--output", str(tmp_path / "found.csv"))
    assert (tmp_path / "found.csv").read_text().count("\n") > 5
    assert "2026-11-07 │ done" in in_this_process("status").stdout
    assert in_this_process("backfill", "--from", "2026-11-07", "--to", "2026-11-07").exit_code == 0
    refused = in_this_process("score", "--date", "2026-11-06").exception
    assert re.match(
        r"score: there are no candidates of 2026-11-06 in .*; run: squatwatch transform --date 2026-11-06", str(refused)
    )
    keys = [one["Key"] for one in client(server).list_objects_v2(Bucket="commands")["Contents"]]
    assert {key.split("/")[1] for key in keys} == {"catalog", "cluster.json", "commits", "objects"}
