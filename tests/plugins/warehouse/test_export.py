"""Exports: what a spreadsheet, a program and a hurried reader get, and what a question may not do."""

from __future__ import annotations

import csv
import json

import duckdb
import polars as pl
import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.warehouse.connection import warehouse_path
from squatwatch.warehouse.export import ExportFormat, export

ROWS = [
    ("paypal-login.com", "=cmd|' /C calc'!A0", 0.98, ["rn>m"]),
    ("amazon-vip.vip", "-2+3", -0.5, []),
    ("xn--mazon-3ve.com", 'he said "hi",\nand left', 0.5, [">i"]),
    ("dhlpay.xyz", None, None, None),
]


@pytest.fixture
def published(settings):
    """A warehouse with one table, as export sees it."""
    (settings.home / "published").mkdir(parents=True)
    with duckdb.connect(warehouse_path(settings.home)) as warehouse:
        warehouse.execute("create table detections (domain varchar, reason varchar, score double, aligned varchar[])")
        warehouse.executemany("insert into detections values (?, ?, ?, ?)", ROWS)
    return settings


def test_csv_is_text_to_a_spreadsheet(published, tmp_path):
    assert export(published.home, "from detections", tmp_path / "day.csv", ExportFormat.CSV) == 4
    with (tmp_path / "day.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["reason"] for row in rows] == ["'=cmd|' /C calc'!A0", "'-2+3", 'he said "hi",\nand left', ""]
    assert rows[1]["score"] == "-0.5"  # a number is no formula


@pytest.mark.parametrize("text", ["  =1+1", " \t@a", "\u00a0-1", "\u3000=1", "\n=1", "＝1+1", "＋1", "－1", "　＠a"])
def test_blanks_and_full_width_signs_hide_no_formula(published, tmp_path, text):
    export(published.home, "select ? as note", tmp_path / "day.csv", ExportFormat.CSV, parameters=[text])
    with (tmp_path / "day.csv").open(newline="", encoding="utf-8-sig") as file:
        assert list(csv.reader(file))[1] == [f"'{text}"]


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("select 'paypäl-login.com' as domain_unicode", [["domain_unicode"], ["paypäl-login.com"]]),
        ("select 'käse' as \"ä, b\" where false", [["ä, b"]]),
    ],
)
def test_csv_says_that_it_is_utf_8_so_that_excel_shows_umlauts(published, tmp_path, sql, rows):
    export(published.home, sql, tmp_path / "day.csv", ExportFormat.CSV)
    content = (tmp_path / "day.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(content.decode("utf-8-sig").splitlines())) == rows


@pytest.mark.parametrize("format", [ExportFormat.PARQUET, ExportFormat.JSONL])
def test_formats_for_programs_stay_as_they_are(published, tmp_path, format):
    path = tmp_path / f"day.{format}"
    export(published.home, "select domain, reason from detections", path, format)
    if format is ExportFormat.PARQUET:
        rows = pl.read_parquet(path).rows()
    else:
        rows = [(each["domain"], each["reason"]) for each in map(json.loads, path.read_text().splitlines())]
    assert rows == [row[:2] for row in ROWS]


def test_domains_are_defanged_on_request(published, tmp_path):
    export(published.home, "select domain from detections", tmp_path / "day.csv", ExportFormat.CSV, defang=True)
    assert (tmp_path / "day.csv").read_text("utf-8-sig").split() == [
        "domain",
        "paypal-login[.]com",
        "amazon-vip[.]vip",
        "xn--mazon-3ve[.]com",
        "dhlpay[.]xyz",
    ]


def test_parameters_are_bound(published, tmp_path):
    sql = "select domain from detections where domain = ? -- the one"
    count = export(published.home, sql, tmp_path / "one.csv", ExportFormat.CSV, parameters=["dhlpay.xyz"])
    assert count == 1


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("drop table detections", "one SELECT"),
        ("copy (select 1) to '{tmp}/other.csv'", "one SELECT"),
        ("from read_csv('{tmp}/secret.csv')", "Permission"),
        ("select nothing from detections", "nothing"),
    ],
)
def test_a_question_can_only_ask(published, tmp_path, sql, message):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (tmp_path / "out.csv").write_text("yesterday's")
    with pytest.raises(SquatwatchError, match=message):
        export(published.home, sql.format(tmp=tmp_path), tmp_path / "out.csv", ExportFormat.CSV)
    assert (tmp_path / "out.csv").read_text() == "yesterday's"
    assert not (tmp_path / "other.csv").exists()


def test_a_place_that_cannot_be_written_is_named(published, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SquatwatchError, match=r"file/day\.csv cannot be written"):
        export(published.home, "from detections", tmp_path / "file/day.csv", ExportFormat.CSV)


@pytest.mark.parametrize(
    "name", ["squatwatch.db", "warehouse.duckdb", "allowlist.csv", "detections/day.csv", "new.csv"]
)
def test_the_data_root_s_own_files_are_not_written_over(published, tmp_path, name):
    verdicts = published.home / name
    verdicts.parent.mkdir(exist_ok=True)
    if not verdicts.exists():
        verdicts.write_text("verdicts")
    before = verdicts.read_bytes()
    (tmp_path / "way").symlink_to(published.home)
    for output in (verdicts, tmp_path / "way" / name, published.home / "no" / ".." / name):
        with pytest.raises(SquatwatchError, match="choose an --output outside it"):
            export(published.home, "from detections", output, ExportFormat.CSV)
    assert verdicts.read_bytes() == before
