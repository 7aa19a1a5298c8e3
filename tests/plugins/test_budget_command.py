"""`squatwatch calibrate` and `squatwatch budget`, as an operator uses them, with the shipped model's own arithmetic."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from squatwatch.cli import app
from squatwatch.errors import SquatwatchError
from squatwatch.lake import Lake
from squatwatch.settings import read_settings
from squatwatch.tables import DETECTIONS

MONDAY = date(2024, 6, 3)


@pytest.fixture
def settings(tmp_path, monkeypatch):
    brands = tmp_path / "brands.csv"
    brands.write_text("brand,brand_domain,alarm_budget\npaypal,paypal.com,2\ndhl,dhl.de,\n")
    monkeypatch.setenv("SQUATWATCH_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("SQUATWATCH_BRANDS_FILE", str(brands))
    return read_settings()


@pytest.fixture
def month(settings) -> list[date]:
    """Four weeks that the shipped model scored: four names of paypal a day, one of dhl."""
    model = json.loads((Path(settings.model) / "manifest.json").read_text("utf-8"))["model_version"]
    dates = [MONDAY + timedelta(days=n) for n in range(28)]
    lake = Lake(settings.home)
    for number, day in enumerate(dates):
        scores = {"paypal": [0.9999, 0.9998, 0.99 + number / 100_000, 0.98], "dhl": [0.9999]}
        rows = [
            {"domain": f"{brand}-{at}.com", "brand": brand, "score": score, "model_version": model}
            for brand, of_brand in scores.items()
            for at, score in enumerate(of_brand)
        ]
        lake.write("detections", day, pl.DataFrame(rows, schema=DETECTIONS.schema))
        lake.write("candidates", day, pl.DataFrame({"brand": ["paypal", "dhl"]}))
        lake.write("registrations", day, pl.DataFrame({"domain": ["x.com"]}))
    return dates


def squatwatch(*arguments: object):
    return CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=True)


def test_budgets_are_calibrated_on_two_weeks_and_checked_on_the_next_two(month):
    done = squatwatch("calibrate", "--from", month[0], "--to", month[13])
    assert done.exit_code == 0, done.output
    assert "2 brands on 14 dates" in done.output and "raised above the model's: 1 (paypal)" in done.output
    checked = squatwatch("budget", "--from", month[14], "--to", month[27], "--format", "csv")
    assert checked.exit_code == 0, checked.output
    rows = {row["brand"]: row for row in csv.DictReader(io.StringIO(checked.stdout))}
    assert {brand: (row["alarm_budget"], row["day_count"], row["is_held"]) for brand, row in rows.items()} == {
        "paypal": ("2.0", "14", "True"),
        "dhl": ("3.0", "14", "True"),
    }
    assert rows["paypal"]["threshold"] == "0.99014"  # just above the 29th best name of 14 days
    assert rows["paypal"]["flagged_per_day"] == "3.0"  # the third name a day scores a little higher every day
    assert "2 of 2 brands (100%) raise at most twice their budget, on 14 dates" in checked.stderr


def test_a_check_on_the_dates_of_the_calibration_says_so(month):
    squatwatch("calibrate", "--from", month[0], "--to", month[13])
    checked = squatwatch("budget", "--from", month[10], "--to", month[20])
    assert "calibrated on 2024-06-03 to 2024-06-16" in checked.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["budget", "--from", "2024-06-03", "--to", "2024-06-04"], "run: squatwatch calibrate --from"),
        (["calibrate", "--from", "2025-01-01", "--to", "2025-01-02"], "run: squatwatch backfill --from 2025-01-01"),
    ],
)
def test_what_is_missing_first_is_named(month, arguments, message):
    failed = squatwatch(*arguments)
    assert isinstance(failed.exception, SquatwatchError) and message in str(failed.exception)


def test_dates_that_were_not_scored_cannot_be_checked(month):
    squatwatch("calibrate", "--from", month[0], "--to", month[13])
    failed = squatwatch("budget", "--from", "2026-01-01", "--to", "2026-01-02")
    assert "scored no date from 2026-01-01 to 2026-01-02; run: squatwatch backfill" in str(failed.exception)
