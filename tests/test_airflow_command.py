"""`make airflow` before Airflow has a database says which command makes one, and that is made once a release."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "scripts/airflow_command.py"


def run(folder, *arguments):
    environment = {**os.environ, "SQUATWATCH_AIRFLOW_HOME": str(folder)}
    return subprocess.run([sys.executable, SCRIPT, *arguments], env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    "arguments", [["dags", "list"], ["dags", "trigger", "daily_detections"], ["backfill", "create"], ["users", "list"]]
)
def test_a_command_that_needs_the_database_says_how_it_is_made(tmp_path, arguments):
    ended = run(tmp_path / "airflow", *arguments)
    assert ended.returncode == 1 and ended.stdout == ""
    assert (
        ended.stderr.startswith("Airflow has no database yet") and "run `make up` or `make run` first" in ended.stderr
    )
    assert not (tmp_path / "airflow").exists()


def test_the_folder_may_begin_in_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert str(tmp_path / "watch/airflow.db") in run("~/watch", "dags", "list").stderr


def test_a_database_is_migrated_where_release_or_revision_is_another(tmp_path, prepare_airflow, monkeypatch):
    prepare_airflow(tmp_path / "airflow")
    monkeypatch.setenv("SQUATWATCH_AIRFLOW_HOME", str(tmp_path / "airflow"))
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    import airflow_env

    asked = []
    monkeypatch.setattr(airflow_env.os, "umask", lambda mask: None)
    monkeypatch.setattr(
        airflow_env.subprocess,
        "run",
        lambda command, **_: asked.append(command[-2:]) or subprocess.CompletedProcess(command, 0),
    )
    airflow_env.prepare()
    assert asked == []

    monkeypatch.setattr(airflow_env, "version", lambda package: "99.0")
    airflow_env.prepare()
    airflow_env.prepare()
    assert asked == [["db", "migrate"]]

    with closing(sqlite3.connect(airflow_env.database_file())) as database:  # an older one was put back
        database.execute("update alembic_version set version_num = '0123456789ab'")
        database.commit()
    airflow_env.prepare()
    assert asked == [["db", "migrate"]] * 2
