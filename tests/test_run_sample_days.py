"""`make run` as a newcomer meets it: progress, detections of three days, what to do next; and no network."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NO_NETWORK = ["unshare", "--map-root-user", "--net"]
STEPS = ("download", "load", "health", "transform", "score", "publish", "enrich", "alerts")

pytestmark = pytest.mark.slow


def can_unshare():
    try:
        return subprocess.run([*NO_NETWORK, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture
def make_run(tmp_path, prepare_airflow):
    """Runs the script without a network, where the machine can take it away, and with folders of its own."""
    prepare_airflow(tmp_path / "airflow")

    def run(**settings):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "SQUATWATCH_"))}
        environment |= {"SQUATWATCH_HOME": str(tmp_path / "data"), "SQUATWATCH_AIRFLOW_HOME": str(tmp_path / "airflow")}
        command = [*(NO_NETWORK if can_unshare() else []), sys.executable, "scripts/run_sample_days.py"]
        return subprocess.run(
            command, cwd=ROOT, env=environment | settings, capture_output=True, text=True, check=False
        )

    return run


def test_it_ends_in_detections_and_two_lines_of_advice_and_a_sink_is_told(make_run, tmp_path):
    (tmp_path / "alerts.yml").write_text("files: {transport: file, path: told}\n")
    done = make_run(SQUATWATCH_ALERTS_FILE=str(tmp_path / "alerts.yml"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    for day in ("2026-11-05", "2026-11-06", "2026-11-07"):
        assert [f"{day}  {task} …" for task in STEPS] == [
            line for line in lines if line.startswith(f"{day}  ") and line.endswith("…")
        ]
        assert any(day in line and "│" in line for line in lines)
    assert "squatwatch query" in lines[-2] and "make up" in lines[-1]
    rows = [line for line in lines if line.startswith("│")]
    last_squat = max(row for row, line in enumerate(rows) if "│ squat " in line)
    assert "corebase.com" in "".join(rows[last_squat:])  # somebody else's name comes after all squats
    assert len(lines) < 120  # the log is in its file
    assert (tmp_path / "airflow/logs/run_sample_days.log").stat().st_size > 10_000
    assert (tmp_path / "data/warehouse.duckdb").is_file()
    told = [json.loads(line) for file in (tmp_path / "data/told").iterdir() for line in file.read_text().splitlines()]
    assert {each["labels"]["run_date"] for each in told} == {"2026-11-05", "2026-11-06", "2026-11-07"}


def test_a_failure_is_one_message_and_an_exit_status(make_run):
    done = make_run(SQUATWATCH_BRANDS_FILE="/nowhere/brands.csv")
    assert done.returncode == 1
    told = done.stdout + done.stderr
    assert "transform failed: " in told and "/nowhere/brands.csv" in told
    assert "The run of 2026-11-05 ended as failed; the whole log is" in told
    assert "Traceback" not in told and len(told.splitlines()) < 15
