"""The plugin as Airflow reads it: the page in the navigation, and nothing heavy until somebody opens it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from airflow.models import import_all_models
from airflow.models.dagrun import DagRun
from sqlalchemy.orm import Session

from squatwatch import DAILY_DAG
from squatwatch.review.runs import date_of, run_states

ROOT = Path(__file__).resolve().parents[3]


def test_reading_the_plugin_loads_neither_the_page_nor_data_libraries():
    program = """
import sys, squatwatch_plugin
print(sorted({"polars", "duckdb", "tensorflow", "keras", "fastapi", "squatwatch.review.app"} & set(sys.modules)))
"""
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT / "plugins", check=True
    )
    assert answer.stdout.strip().splitlines()[-1] == "[]"


def test_airflow_finds_the_page_and_its_place_in_the_navigation():
    program = """
from airflow import plugins_manager
apps, _ = plugins_manager.get_fastapi_plugins()
views, _ = plugins_manager._get_ui_plugins()
print([each["url_prefix"] for each in apps if each["name"] == "squatwatch"])
print([each["href"] for each in views if each["name"] == "Detections"])
print(plugins_manager.get_import_errors() if hasattr(plugins_manager, "get_import_errors") else {})
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-3:] == ["['/squatwatch']", "['squatwatch/']", "{}"]


@pytest.mark.parametrize(
    "logical_date, conf, run_date",
    [
        (datetime(2026, 11, 7, tzinfo=UTC), {}, date(2026, 11, 7)),
        (datetime(2026, 11, 9, 3, tzinfo=UTC), {"run_date": "2026-11-07"}, date(2026, 11, 7)),
        (None, {"run_date": "2026-11-07"}, date(2026, 11, 7)),
        (None, None, None),
        (None, {"run_date": "soon"}, None),
    ],
)
def test_which_date_a_run_is_of(logical_date, conf, run_date):
    assert date_of(logical_date, conf) == run_date


def test_what_airflow_knows_of_the_dates():
    """The latest run of a date counts, also where an earlier one failed; runs of other DAGs do not."""
    runs = [(7, {}, "failed"), (7, {}, "running"), (6, {}, "failed"), (5, {}, "failed"), (5, {}, "success")]
    runs += [(9, {"run_date": "2026-11-04"}, "queued")]
    engine = sa.create_engine("sqlite://")
    import_all_models()
    DagRun.metadata.create_all(engine)
    common = {"run_type": "manual", "run_after": datetime(2026, 11, 8, tzinfo=UTC), "span_status": ""}
    common |= {"clear_number": 0}
    rows = [
        {"id": n, "run_id": f"r{n}", "dag_id": DAILY_DAG, "logical_date": datetime(2026, 11, day, n, tzinfo=UTC)}
        | {"conf": conf, "state": state, **common}
        for n, (day, conf, state) in enumerate(runs)
    ]
    rows.append({**rows[0], "id": 99, "dag_id": "another", "logical_date": datetime(2026, 11, 3, tzinfo=UTC)})
    with Session(engine) as session:
        session.execute(sa.insert(DagRun.__table__), rows)
        assert run_states(session) == {
            date(2026, 11, 4): "running",
            date(2026, 11, 6): "failed",
            date(2026, 11, 7): "running",
        }
