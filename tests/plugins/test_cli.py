"""The contract of the command line: exit status, one message on stderr, rows for people and for programs."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from datetime import date

import duckdb
import polars as pl
import pytest
from typer.testing import CliRunner

from squatwatch.lake import Lake
from squatwatch.tables import DETECTIONS, REGISTRATIONS
from squatwatch.warehouse import publish_warehouse

COMMANDS = (
    "download load health transform score publish run backfill calibrate budget query settings train evaluate".split()
)


@pytest.fixture
def squatwatch(settings):
    """Runs `squatwatch …` as another program would, with a data root of its own."""

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "SQUATWATCH_HOME": str(settings.home)}
        command = [sys.executable, "-m", "squatwatch.cli", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    return call


def publish_one_detection(settings, **values):
    run_date = date(2026, 11, 5)
    lake = Lake(settings.home)
    row = {"domain": "paypal-login.com", "brand": "paypal", "score": 0.9, "is_detection": True} | values
    lake.write("registrations", run_date, pl.DataFrame([{"domain": row["domain"]}], schema=REGISTRATIONS.schema))
    lake.write("detections", run_date, pl.DataFrame([row], schema=DETECTIONS.schema))
    publish_warehouse(settings)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    from squatwatch.cli import app

    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"Usage: squatwatch {command}" in " ".join(result.output.split())


def test_the_help_lists_every_command():
    from squatwatch.cli import app

    output = CliRunner().invoke(app, ["--help"]).output
    assert [command for command in COMMANDS if f" {command} " not in output] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "--date", "13/06/2024"], "'13/06/2024' is not a date: write it as YYYY-MM-DD"),
        (["run", "--date", "9999-01-01"], "9999-01-01 is in the future"),
        (["run", "--date", "2024-06-13", "--input", "/nowhere/list.zip"], "/nowhere/list.zip"),
        (["run", "--date", "2026-11-05", "--brands", "/nowhere/brands.csv"], "/nowhere/brands.csv"),
        (["download", "--date", "2019-01-01"], "sample"),
        (["load", "--date", "2026-11-05"], "squatwatch download --date 2026-11-05"),
        (["health", "--date", "2026-11-05"], "squatwatch load --date 2026-11-05"),
        (["transform", "--date", "2026-11-05"], "squatwatch load --date 2026-11-05"),
        (["score", "--date", "2026-11-05"], "squatwatch transform --date 2026-11-05"),
        (["query", "select 1"], "squatwatch publish"),
        (["backfill", "--from", "2026-11-05", "--to", "2026-11-04"], "--from 2026-11-05 is after --to 2026-11-04"),
        (["calibrate", "--from", "2026-11-05", "--to", "2026-11-04"], "--from 2026-11-05 is after --to 2026-11-04"),
        (["calibrate", "--from", "2026-11-01", "--to", "2026-11-04"], "squatwatch backfill --from 2026-11-01"),
        (["budget", "--from", "2026-11-05", "--to", "2026-11-07"], "squatwatch calibrate --from"),
    ],
)
def test_a_failure_is_one_message_on_stderr(squatwatch, arguments, message):
    result = squatwatch(*arguments)
    assert result.returncode == 1
    assert result.stdout == ""
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    failure = [line for line in result.stderr.splitlines() if line.startswith("squatwatch: ")]
    assert len(failure) == 1


def test_a_failure_of_a_step_names_file_and_date(squatwatch, tmp_path):
    page = tmp_path / "list.zip"
    page.write_text("<html><body>Log in first</body></html>")
    result = squatwatch("run", "--date", "2024-06-13", "--input", str(page))
    assert result.returncode == 1
    message = result.stderr.splitlines()[-1]
    assert "HTML page" in message and str(page) in message and "2024-06-13" in message


def test_debug_shows_the_traceback(squatwatch):
    result = squatwatch("load", "--date", "2026-11-05", "--debug")
    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_a_setting_that_does_not_fit_is_named(squatwatch, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_SOURCES", "fax")
    result = squatwatch("settings")
    assert result.returncode == 1
    assert "SQUATWATCH_SOURCES: unknown source 'fax'" in result.stderr


def test_settings_hide_what_may_be_secret(squatwatch, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_HTTP_URL", "https://feed.example/key-8d1f/{date}.zip")
    result = squatwatch("settings")
    assert result.returncode == 0
    assert "SQUATWATCH_HTTP_URL" in result.stdout
    assert "8d1f" not in result.stdout


def test_query_prints_a_table_csv_or_json(squatwatch, settings):
    publish_one_detection(settings)
    sql = "select brand, domain, score from detections"
    assert "paypal-login.com" in squatwatch("query", sql).stdout
    assert squatwatch("query", "--format", "csv", sql).stdout == "brand,domain,score\npaypal,paypal-login.com,0.9\n"
    row = json.loads(squatwatch("query", "--format", "json", sql).stdout)
    assert row == {"brand": "paypal", "domain": "paypal-login.com", "score": 0.9}


def test_a_csv_cell_that_a_spreadsheet_would_run_is_guarded(squatwatch, settings):
    publish_one_detection(settings, matched_text="=HYPERLINK(1)")
    output = squatwatch("query", "--format", "csv", "select matched_text, -1 as n from detections").stdout
    assert list(csv.reader(io.StringIO(output)))[1] == ["'=HYPERLINK(1)", "-1"]


def test_text_that_would_turn_a_terminal_s_writing_around_is_escaped(squatwatch, settings):
    publish_one_detection(settings, domain_unicode="[red]moc\u202e.lapyap\x1b[31m")
    output = squatwatch("query", "select domain_unicode from detections").stdout
    assert "[red]moc\\u202e.lapyap\\x1b[31m" in output


@pytest.mark.slow
def test_a_run_ends_well_prints_its_detections_and_leaves_a_warehouse(squatwatch, settings, tmp_path):
    """What other programs rely on."""
    names, brands = tmp_path / "list.txt", tmp_path / "brands.csv"
    names.write_text("paypal-login-secure.com\norchardview.org\npaypal.com\n")
    brands.write_text("brand,brand_domain\npaypal,paypal.com\n")
    result = squatwatch("run", "--date", "2024-06-13", "--input", str(names), "--brands", str(brands))
    assert result.returncode == 0, result.stderr
    assert "paypal-login-secure.com" in result.stdout and "orchardview" not in result.stdout
    with duckdb.connect(settings.home / "warehouse.duckdb", read_only=True) as warehouse:
        rows = warehouse.execute("select run_date, domain, brand, is_detection, allowlist_reason from detections")
        assert sorted(rows.fetchall()) == [
            (date(2024, 6, 13), "paypal-login-secure.com", "paypal", True, None),
            (date(2024, 6, 13), "paypal.com", "paypal", False, "owned by paypal"),
        ]


@pytest.mark.slow
def test_a_date_that_fails_does_not_stop_a_backfill(squatwatch):
    result = squatwatch("backfill", "--from", "2026-10-31", "--to", "2026-11-01")
    assert result.returncode == 1
    assert "1 of 2 dates done" in result.stderr
    assert result.stderr.splitlines()[-1] == "squatwatch: 1 of 2 dates failed: 2026-10-31"
    dates = squatwatch("query", "--format", "csv", "select distinct run_date from detections").stdout
    assert dates == "run_date\n2026-11-01\n"
