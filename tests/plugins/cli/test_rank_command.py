"""`squatwatch rank`, as an operator uses it after a week of judging."""

from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from squatwatch.cli import app

MONDAY = date(2024, 6, 3)


@pytest.fixture
def squatwatch(dates):
    """Runs a command where Monday and Wednesday were scored."""
    for day in (MONDAY, MONDAY + timedelta(days=2)):
        dates.write(day, "paypal-login.com", "paypal-vip.com")
    environment = {"SQUATWATCH_HOME": str(dates.settings.home)}
    return lambda *arguments: CliRunner().invoke(app, ["rank", *arguments], env=environment)


def test_one_date_is_ranked(squatwatch, dates):
    done = squatwatch("--date", str(MONDAY))
    assert done.exit_code == 0, done.output
    assert "2 rows by ranker-" in done.output and "0 judged names of earlier dates" in done.output
    assert "squatwatch publish" in done.output
    assert dates.lake.dates("rankings") == [MONDAY]


def test_of_several_dates_those_that_were_scored_are_ranked(squatwatch, dates):
    assert squatwatch("--from", "2024-06-01", "--to", "2024-06-30").output.count("2 rows by") == 2
    assert dates.lake.dates("rankings") == dates.lake.dates("detections")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name the dates"),
        (["--from", "2024-06-03"], "name the dates"),
        (["--date", "2024-06-03", "--to", "2024-06-03"], "name the dates"),
        (["--date", "2024-06-04"], "no detections of 2024-06-04"),
        (["--from", "2024-07-01", "--to", "2024-07-02"], "squatwatch backfill --from 2024-07-01 --to 2024-07-02"),
    ],
)
def test_dates_that_cannot_be_ranked_are_told(squatwatch, arguments, words):
    assert words in str(squatwatch(*arguments).exception)
