"""The plugin as Airflow reads it: the page in the navigation, and nothing heavy until somebody opens it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from squatwatch.review.runs import date_of

ROOT = Path(__file__).resolve().parents[2]


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
