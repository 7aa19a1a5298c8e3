"""On the command line a source that fails does not hold up the others, and the date is told to be partial."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import polars as pl
import pytest
from typer.testing import CliRunner

from squatwatch import backfill, pipeline
from squatwatch.cli import app
from squatwatch.errors import PartialDate, SquatwatchError
from squatwatch.lake.partitions import Lake
from squatwatch.lake.tables import DETECTIONS

DAY = date(2026, 11, 5)


@pytest.fixture
def squatwatch(settings, tmp_path, monkeypatch):
    """Runs a command with the sources sample and file; the steps after health are taken as done, with one detection."""
    monkeypatch.setenv("SQUATWATCH_HOME", str(settings.home))
    monkeypatch.setenv("SQUATWATCH_SOURCES", "file,sample")
    monkeypatch.setenv("SQUATWATCH_FILE_TEMPLATE", str(tmp_path / "{date:%Y-%m-%d}.txt"))
    for step in ("check", "transform", "transform_together", "publish"):
        monkeypatch.setattr(pipeline, step, lambda *_: "done")
    monkeypatch.setitem(pipeline.STEPS, "transform", lambda *_: "done")
    monkeypatch.setitem(pipeline.STEPS, "score", score)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def score(settings, run_date):
    row = {"domain": "paypal-login.com", "brand": "paypal", "score": 0.9, "is_detection": True}
    Lake(settings.home).write("detections", run_date, pl.DataFrame([row], schema=DETECTIONS.schema))
    return "done"


def received(settings, run_date=DAY):
    rows = Lake(settings.home).read("load_counts", run_date)
    return dict(rows.select("source", "is_received").iter_rows())


def send(tmp_path, run_date=DAY, count=2000):
    (tmp_path / f"{run_date}.txt").write_text("".join(f"{chr(97 + n % 26)}-{n}.com\n" for n in range(count)))


def test_a_run_goes_on_without_a_list_and_ends_with_what_is_missing(squatwatch, settings, tmp_path):
    result = squatwatch("run", "--date", str(DAY))
    assert isinstance(result.exception, PartialDate)  # exit status 1
    message = str(result.exception)
    assert message.startswith("2026-11-05 is done, but partial: it has no list from file (source file: ")
    assert message.endswith("run: squatwatch run --date 2026-11-05")
    assert "paypal-login.com" in result.output  # its detections are printed all the same
    assert received(settings) == {"file": False, "sample": True}

    send(tmp_path)
    assert squatwatch("run", "--date", str(DAY)).exit_code == 0
    assert received(settings) == {"file": True, "sample": True}


def test_what_a_source_said_is_told_at_the_download(squatwatch):
    output = squatwatch("run", "--date", str(DAY)).output
    assert "sample: fetched" in output and "file FAILED: source file: " in output
    assert "PARTIAL: no list from file" in output
    assert "1 warned; received of file: no list came: the date is partial" in output


def test_where_no_source_has_a_list_the_date_fails(squatwatch, settings, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_SOURCES", "file,whoisds")
    monkeypatch.setenv("SQUATWATCH_WHOISDS_URL", "http://127.0.0.1:9/{base64}")
    monkeypatch.setenv("SQUATWATCH_HTTP_ATTEMPTS", "1")
    result = squatwatch("run", "--date", str(DAY))
    assert isinstance(result.exception, SquatwatchError) and not isinstance(result.exception, PartialDate)
    assert "source file: " in str(result.exception) and "whoisds" in str(result.exception)
    assert Lake(settings.home).dates("load_counts") == []


@pytest.mark.parametrize("content", ["", "\n\n", "<html>Log in</html>"], ids=["empty", "blank", "a page"])
def test_an_empty_list_is_none(squatwatch, settings, tmp_path, content):
    (tmp_path / f"{DAY}.txt").write_text(content)
    assert isinstance(squatwatch("run", "--date", str(DAY)).exception, PartialDate)
    assert received(settings) == {"file": False, "sample": True}


def test_a_list_that_cannot_be_fetched_again_leaves_the_one_there_was(squatwatch, settings, tmp_path):
    send(tmp_path)
    squatwatch("run", "--date", str(DAY))
    (tmp_path / f"{DAY}.txt").unlink()
    result = squatwatch("run", "--date", str(DAY), "--refetch")
    assert "2026-11-05 is done, but made from lists that were there before" in str(result.exception)
    assert str(result.exception).endswith("squatwatch run --date 2026-11-05 --refetch")
    assert received(settings) == {"file": True, "sample": True}


def test_a_backfill_does_a_date_from_the_lists_that_came(squatwatch, settings, monkeypatch):
    """The sample begins on the second of the dates."""
    monkeypatch.setattr(backfill, "_workers", ThreadPoolExecutor)  # threads, where steps can be taken as done
    result = squatwatch("backfill", "--from", "2026-10-31", "--to", "2026-11-01")
    assert "2026-11-01 done (2 of 2)" in result.output
    assert "\n  2026-10-31: source file: " in str(result.exception)  # neither source has a list of it
    assert received(settings, date(2026, 11, 1)) == {"file": False, "sample": True}


def test_the_command_download_asks_every_source_and_fails_for_one(squatwatch, settings):
    result = squatwatch("download", "--date", str(DAY))
    assert result.exit_code == 1
    assert "is not there yet" in str(result.exception) and "sample: fetched" in str(result.exception)
    assert [path.stem for path in Lake(settings.home).folder("downloads", DAY).iterdir()] == ["sample"]


def test_an_unhealthy_list_stops_the_run_before_anything_is_made_of_it(squatwatch, tmp_path, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_SOURCES", "file")
    send(tmp_path, count=900)
    monkeypatch.setitem(pipeline.STEPS, "transform", lambda *_: pytest.fail("transform ran"))
    result = squatwatch("run", "--date", str(DAY))
    assert "the list of 2026-11-05 from file is not what it usually is" in str(result.exception)
    assert 'squatwatch health --date 2026-11-05 --accept "REASON"' in str(result.exception)
