"""The contract of the command line: exit status, one message on stderr, rows for people and for programs."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import pytest
from typer.testing import CliRunner

from squatwatch import __version__, pipeline
from squatwatch.cli import app, main
from squatwatch.warehouse.connection import warehouse_path

DAY, NEXT_DAY = date(2024, 6, 13), date(2024, 6, 14)
COMMANDS = """
download load health transform score publish run backfill status calibrate budget query export settings move sync store
train evaluate
""".split()


@dataclass
class Ended:
    """How a command has ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def squatwatch(settings, monkeypatch, capsys):
    """Runs `squatwatch …` with a data root of its own, in this process, which has loaded everything."""
    monkeypatch.setenv("SQUATWATCH_HOME", str(settings.home))

    def call(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["squatwatch", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return Ended(ended.value.code, *capsys.readouterr())

    return call


@pytest.fixture
def squatwatch_process(settings):
    """Runs `squatwatch …` as another program does."""

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "SQUATWATCH_HOME": str(settings.home)}
        command = [sys.executable, "-m", "squatwatch.cli", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return call


@pytest.fixture
def published(settings):
    """A warehouse with one detection, as query sees it; its text is what an attacker would register."""
    settings.home.mkdir()
    with duckdb.connect(warehouse_path(settings.home)) as warehouse:
        warehouse.execute("create table detections (brand text, domain text, score double, matched_text text)")
        row = ["paypal", "[red]moc\u202e.lapyap\x1b[31m", 0.9, "=HYPERLINK(1)"]
        warehouse.execute("insert into detections values (?, ?, ?, ?)", row)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"Usage: squatwatch {command}" in " ".join(result.output.split())


def test_the_help_lists_every_command():
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


def test_a_failure_of_a_step_names_file_and_date(squatwatch_process, tmp_path):
    page = tmp_path / "list.zip"
    page.write_text("<html><body>Log in first</body></html>")
    result = squatwatch_process("run", "--date", "2024-06-13", "--input", str(page))
    assert result.returncode == 1 and result.stdout == ""
    message = result.stderr.splitlines()[-1]
    assert "HTML page" in message and str(page) in message and "2024-06-13" in message


def test_debug_shows_the_traceback(squatwatch_process):
    result = squatwatch_process("load", "--date", "2026-11-05", "--debug")
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


def test_query_prints_a_table_csv_or_json(squatwatch, published):
    sql = "select brand, score from detections"
    assert "paypal" in squatwatch("query", sql).stdout
    assert squatwatch("query", "--format", "csv", sql).stdout == "brand,score\npaypal,0.9\n"
    assert json.loads(squatwatch("query", "--format", "json", sql).stdout) == {"brand": "paypal", "score": 0.9}


def test_a_csv_cell_that_a_spreadsheet_would_run_is_guarded(squatwatch, published):
    output = squatwatch("query", "--format", "csv", "select matched_text, -1 as n from detections").stdout
    assert list(csv.reader(io.StringIO(output)))[1] == ["'=HYPERLINK(1)", "-1"]
    output = squatwatch("query", "--format", "csv", "select '  =1' as a, '＝1' as b, 'a=1' as c").stdout
    assert list(csv.reader(io.StringIO(output)))[1] == ["'  =1", "'＝1", "a=1"]


def test_text_that_would_turn_a_terminal_s_writing_around_is_escaped(squatwatch, published):
    output = squatwatch("query", "select domain from detections").stdout
    assert "[red]moc\\u202e.lapyap\\x1b[31m" in output


def test_export_writes_a_file_in_the_format_of_its_ending(squatwatch, published, tmp_path):
    result = squatwatch("export", "select brand, matched_text from detections", "--output", str(tmp_path / "day.csv"))
    assert result.returncode == 0 and "1 rows in" in result.stderr
    text = (tmp_path / "day.csv").read_text("utf-8-sig")  # a spreadsheet reads UTF-8 where a byte order mark says so
    assert text == "brand,matched_text\npaypal,'=HYPERLINK(1)\n"
    result = squatwatch("export", "from detections", "--output", str(tmp_path / "day.xlsx"))
    assert result.returncode == 1 and "end it in .csv, .parquet or .jsonl" in result.stderr


def test_status_tells_what_each_date_lacks_and_the_command_for_all_of_them(squatwatch, settings, new_dates):
    dates = new_dates(settings.home, pipeline.model_version(settings))
    dates.write(DAY, "paypal-login.com")
    assert squatwatch("status").stdout.splitlines()[-2].split("│")[1:3] == [" 2024-06-13 ", " done  "]
    new_dates(settings.home, "bilstm-0").write(NEXT_DAY, "paypal-login.com")
    dates.put("load", NEXT_DAY + timedelta(days=1), dates.lists(NEXT_DAY + timedelta(days=1), "paypal-vip.top"))
    told = squatwatch("status").stdout
    assert re.search(r"2024-06-14 +│ outdated +│ another model scored it", told)
    assert re.search(r"2024-06-15 +│ unfinished +│ no feed_health", told)
    assert told.endswith("to bring them up to date, run: squatwatch backfill --from 2024-06-14 --to 2024-06-15\n")
    assert "nothing is loaded" in squatwatch("status", "--from", "2024-06-20").stdout


def test_the_version_names_release_model_and_what_results_depend_on(squatwatch):
    lines = squatwatch("--version").stdout.splitlines()
    assert lines[0] == f"squatwatch {__version__}" and lines[1].startswith("model bilstm-")
    assert {"apache-airflow", "dbt-core", "duckdb", "polars", "tensorflow"} < {line.split()[0] for line in lines[2:]}


def test_the_version_is_told_also_where_the_model_cannot_be_read(squatwatch, monkeypatch, tmp_path):
    monkeypatch.setenv("SQUATWATCH_MODEL", str(tmp_path / "gone"))
    result = squatwatch("--version")
    assert result.returncode == 0 and "model cannot be read:" in result.stdout


def test_status_says_where_it_found_nothing(squatwatch, settings):
    result = squatwatch("status")
    assert result.returncode == 0
    assert f"there are no dates in {settings.home} (no such folder: is SQUATWATCH_HOME right?)" in result.stdout
    settings.home.mkdir()
    assert f"there are no dates in {settings.home}; to make one, run: squatwatch run" in squatwatch("status").stdout


@pytest.fixture
def brand_lists(tmp_path):
    """Two brand lists."""
    mine, other = tmp_path / "my brands.csv", tmp_path / "other.csv"
    mine.write_text("brand,brand_domain\npaypal,paypal.com\n")
    other.write_text("brand,brand_domain\npaypal,paypal.com\nwise,wise.com\n")
    return mine, other


def test_a_brand_list_is_remembered_and_a_date_made_with_it_is_not_made_with_another_unasked(
    squatwatch, settings, new_dates, brand_lists
):
    mine, other = brand_lists
    model = pipeline.model_version(settings)
    new_dates(settings.home, model, brands_file=mine).write(DAY, "paypal-login.com")
    told = squatwatch("status").stdout
    assert "made with" in told and f"--brands '{mine}'" in told
    assert re.search(r"to make them with the list in force, run: squatwatch backfill .*--brands packaged", told)
    span = ("--from", str(DAY), "--to", str(DAY))
    refused = squatwatch("backfill", *span)
    assert (
        refused.returncode == 1 and "was made with" in refused.stderr and f"--brands '{mine}' to keep" in refused.stderr
    )
    kept = squatwatch("backfill", *span, "--brands", str(mine))
    assert kept.returncode == 0 and f"remembers {mine} from now on" in kept.stderr
    assert re.search(r"2024-06-13 +│ done", squatwatch("status").stdout)
    assert squatwatch("backfill", *span).returncode == 0
    refused = squatwatch("run", "--date", str(DAY), "--brands", str(brand_lists[0].parent / "gone.csv"))
    assert refused.returncode == 1 and re.search(r"2024-06-13 +│ done", squatwatch("status").stdout)
    told = squatwatch("status", "--brands", str(other)).stdout
    assert f"--brands {other}" in told and "the list in force is" in told
    assert re.search(r"2024-06-13 +│ done", squatwatch("status").stdout)  # to ask changes nothing


def test_existing_leaves_out_what_the_data_root_knows_nothing_of(squatwatch, settings, new_dates):
    new_dates(settings.home, pipeline.model_version(settings)).write(DAY, "paypal-login.com")
    result = squatwatch("backfill", "--from", "2023-01-01", "--to", "2024-06-30", "--existing")
    assert result.returncode == 0 and "1 dates: 1 are done, 0 to do" in result.stderr


@pytest.mark.parametrize("name", ["SQUATWATCH_BRAND_FILE", "SQUATWATCH_BRANDSFILE"])
def test_a_misspelt_setting_is_told_on_stderr(squatwatch, monkeypatch, name):
    monkeypatch.setenv(name, "mine.csv")
    result = squatwatch("settings")
    assert result.returncode == 0
    assert f"{name} is not a setting and is ignored; did you mean SQUATWATCH_BRANDS_FILE?" in result.stderr


@pytest.mark.slow
def test_a_run_ends_well_prints_its_detections_and_leaves_a_warehouse(squatwatch_process, settings, tmp_path):
    """What other programs rely on."""
    names, brands = tmp_path / "list.txt", tmp_path / "brands.csv"
    names.write_text("paypal-login-secure.com\norchardview.org\npaypal.com\n")
    brands.write_text("brand,brand_domain\npaypal,paypal.com\n")
    result = squatwatch_process("run", "--date", str(DAY), "--input", str(names), "--brands", str(brands))
    assert result.returncode == 0, result.stderr
    assert "paypal-login-secure.com" in result.stdout and "orchardview" not in result.stdout
    with duckdb.connect(warehouse_path(settings.home), read_only=True) as warehouse:
        rows = warehouse.execute("select run_date, domain, brand, is_detection, allowlist_reason from detections")
        assert sorted(rows.fetchall()) == [
            (DAY, "paypal-login-secure.com", "paypal", True, None),
            (DAY, "paypal.com", "paypal", False, "owned by paypal"),
        ]
