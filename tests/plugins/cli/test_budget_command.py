"""`squatwatch calibrate` and `squatwatch budget`, as an operator uses them, with the shipped model's own arithmetic."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from squatwatch import pipeline
from squatwatch.cli import app
from squatwatch.errors import SquatwatchError
from squatwatch.settings import read_settings

MONDAY = date(2024, 6, 3)
MONTH = [MONDAY + timedelta(days=n) for n in range(28)]


@pytest.fixture(scope="module")
def squatwatch(new_dates, tmp_path_factory):
    """Runs a command where the shipped model scored four weeks: four names of paypal a day, one of dhl."""
    folder = tmp_path_factory.mktemp("budget")
    brands = folder / "brands.csv"
    brands.write_text("brand,brand_domain,alarm_budget\npaypal,paypal.com,2\ndhl,dhl.de,\n")
    dates = new_dates(folder / "data", pipeline.model_version(read_settings()), brands_file=brands)
    for number, day in enumerate(MONTH):
        scores = {"paypal": [0.9999, 0.9998, 0.99 + number / 100_000, 0.98], "dhl": [0.9999]}
        verdicts = [
            {"domain": f"{brand}-{at}.com", "brand": brand, "score": score}
            for brand, of_brand in scores.items()
            for at, score in enumerate(of_brand)
        ]
        dates.write_verdicts(day, verdicts)
    environment = {"SQUATWATCH_HOME": str(dates.settings.home), "SQUATWATCH_BRANDS_FILE": str(brands)}
    return lambda *arguments: CliRunner().invoke(app, list(map(str, arguments)), env=environment)


@pytest.fixture(scope="module")
def calibrated(squatwatch):
    """What `squatwatch calibrate` on the first two weeks has told."""
    done = squatwatch("calibrate", "--from", MONTH[0], "--to", MONTH[13])
    assert done.exit_code == 0, done.output
    return done


def test_without_a_calibration_there_is_nothing_to_check(settings):
    environment = {"SQUATWATCH_HOME": str(settings.home)}
    failed = CliRunner().invoke(app, ["budget", "--from", "2024-06-03", "--to", "2024-06-04"], env=environment)
    assert isinstance(failed.exception, SquatwatchError)
    assert "run: squatwatch calibrate --from" in str(failed.exception)


def test_dates_that_were_not_scored_cannot_be_calibrated_on(squatwatch):
    failed = squatwatch("calibrate", "--from", "2025-01-01", "--to", "2025-01-02")
    assert "run: squatwatch backfill --from 2025-01-01 --to 2025-01-02" in str(failed.exception)


def test_budgets_are_calibrated_on_two_weeks_and_checked_on_the_next_two(squatwatch, calibrated):
    assert "2 brands on 14 dates" in calibrated.output
    assert "raised above the model's: 1 (paypal)" in calibrated.output
    checked = squatwatch("budget", "--from", MONTH[14], "--to", MONTH[27], "--format", "csv")
    assert checked.exit_code == 0, checked.output
    rows = {row["brand"]: row for row in csv.DictReader(io.StringIO(checked.stdout))}
    assert {brand: (row["alarm_budget"], row["day_count"], row["is_held"]) for brand, row in rows.items()} == {
        "paypal": ("2.0", "14", "True"),
        "dhl": ("3.0", "14", "True"),
    }
    assert rows["paypal"]["threshold"] == "0.99014"  # just above the 29th best name of 14 days
    assert rows["paypal"]["flagged_per_day"] == "3.0"  # the third name a day scores a little higher every day
    assert "2 of 2 brands (100%) raise at most twice their budget, on 14 dates" in checked.stderr


def test_dates_scored_before_a_calibration_are_told_to_be_out_of_date(calibrated):
    assert "28 outdated; run: squatwatch backfill --from 2024-06-03 --to 2024-06-30" in calibrated.output


def test_a_check_on_the_dates_of_the_calibration_says_so(squatwatch, calibrated):
    checked = squatwatch("budget", "--from", MONTH[10], "--to", MONTH[20])
    assert "calibrated on 2024-06-03 to 2024-06-16" in checked.stderr


def test_dates_that_were_not_scored_cannot_be_checked(squatwatch, calibrated):
    failed = squatwatch("budget", "--from", "2026-01-01", "--to", "2026-01-02")
    assert "scored no date from 2026-01-01 to 2026-01-02; run: squatwatch backfill" in str(failed.exception)
