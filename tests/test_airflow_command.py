"""`make airflow` before Airflow has a database says which command makes one."""

import os
import subprocess
import sys
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
