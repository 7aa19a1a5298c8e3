"""Backfills: many dates are what they would have been one by one, also where one was killed, or a date is bad."""

from __future__ import annotations

import gzip
import os
import random
import re
import signal
import subprocess
import sys
import time
import zipfile
from datetime import date
from pathlib import Path

import pytest
from same_tables import content

from squatwatch import backfill as module
from squatwatch import pipeline
from squatwatch.backfill import backfill, wanted_dates
from squatwatch.cli.steps import run_day
from squatwatch.feed_health.rules import SHIPPED
from squatwatch.lake.partitions import Lake
from squatwatch.settings import Settings, read_settings
from squatwatch.state.status import statuses_of

pytestmark = pytest.mark.slow

EVERY = int(os.environ.get("EVERY", "24"))  # EVERY=1 takes all names of the real days: some ten minutes
SAMPLE = [date(2026, 11, day) for day in range(1, 8)]


@pytest.fixture
def real_days(shared_data, new_home, tmp_path) -> tuple[Settings, list[date]]:
    """A feed of the eight real days, every 24th name of each by default, under dates of their own."""
    folder = shared_data / "registrations"
    lists = {
        date(2020, 5, 3): "2020-05-03.whoisds",
        date(2020, 5, 4): "2020-05-06.whoisds-a",
        date(2020, 5, 5): "2020-05-06.whoisds-b",
        date(2020, 5, 6): "2020-05-06.whoisds-c",
        date(2020, 5, 7): "2020-05-08.whoisds-a",
        date(2020, 5, 8): "2020-05-08.whoisds-b",
        date(2020, 5, 12): "2020-05-12.whoisds",
    }
    names = {day: gzip.decompress((folder / f"{name}.txt.gz").read_bytes()).split() for day, name in lists.items()}
    with zipfile.ZipFile(folder / "newly-registered-domains-2024-06-13.zip") as archive:
        names[date(2024, 6, 13)] = archive.read(archive.namelist()[0]).split()
    for day, lines in names.items():
        (tmp_path / f"{day}.txt").write_bytes(b"\n".join(lines[::EVERY]))
    settings = read_settings(
        sources="file", file_template=str(tmp_path / "{date:%Y-%m-%d}.txt"), home=new_home(tmp_path / "home")
    )
    return settings, list(names)


def test_real_days_backfilled_in_any_order_are_what_they_are_day_by_day(real_days, new_home, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "STRETCH", 3)  # so that dates are judged before earlier ones are loaded
    settings, dates = real_days
    one_by_one = settings.model_copy(update={"home": new_home(tmp_path / "one-by-one")})
    for run_date in dates:
        run_day(one_by_one, run_date, None, refetch=False)
    wanted = wanted_dates(settings, dates)
    random.Random(4).shuffle(wanted)
    lines: list[str] = []
    assert backfill(settings, wanted, lines.append, jobs=2) == {}
    assert content(settings.home, dates) == content(one_by_one.home, dates)
    assert [status.state for status in statuses_of(settings, pipeline.model_version(settings))] == ["done"] * 8
    told = [line for line in lines if " done (" in line]
    assert len(told) == 8 and re.search(r"\(1 of 8, about \d+ (s|min) left\)", told[0]) and "(8 of 8)" in told[-1]


def command(home: Path, *arguments: str, **environment: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "squatwatch.cli", *arguments],
        env={**os.environ, "SQUATWATCH_HOME": str(home), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_a_backfill_that_was_killed_goes_on_and_readers_never_saw_half_a_date(tmp_path):
    """Somebody polls the warehouse the whole time, from another process and another folder."""
    home = tmp_path / "data"
    settings = read_settings(home=home)
    with command(home, "run", "--date", str(SAMPLE[0])) as first:
        assert first.wait() == 0, first.stdout.read()
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(home / "warehouse.duckdb")], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    try:
        window = ["--from", str(SAMPLE[0]), "--to", str(SAMPLE[-1]), "--jobs", "2"]
        with command(home, "backfill", *window) as killed:
            scored = home / "detections"
            while len(list(scored.glob("*/*.parquet"))) < 3 and killed.poll() is None:
                time.sleep(0.2)
            os.killpg(killed.pid, signal.SIGKILL)
        done = [
            status.run_date for status in statuses_of(settings, pipeline.model_version(settings)) if status.is_whole
        ]
        assert 1 < len(done) < len(SAMPLE)
        kept = {run_date: Lake(home).partition("detections", run_date).stat().st_mtime_ns for run_date in done}
        with command(home, "backfill", *window) as again:
            output = again.stdout.read()
        assert again.returncode == 0, output
        assert "leaked" not in output  # what DuckDB's library says of a worker that does not end in good order
        assert f"7 dates: {len(done)} are done, {7 - len(done)} to do" in output
        assert {day: Lake(home).partition("detections", day).stat().st_mtime_ns for day in done} == kept
        with command(home, "backfill", *window) as third:
            assert "7 dates: 7 are done, 0 to do" in third.stdout.read()
    finally:
        reader.terminate()
    polls, answers = reader.stdout.read().split(maxsplit=1)
    assert int(polls) > 20
    assert set(eval(answers)) == {1, 7}  # dates: the one that was there, then all at once


READER = """
import signal, sys, time
import duckdb

stopped = []
signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
polls, seen = 0, []
while not stopped:
    with duckdb.connect(sys.argv[1], read_only=True) as warehouse:
        dates = warehouse.execute("select count(distinct run_date) from detections").fetchone()[0]
        halves = warehouse.execute('''
            select run_date, count(distinct registrations.domain), any_value(kept_count)
            from registrations inner join load_counts using (run_date)
            group by run_date having count(distinct registrations.domain) <> any_value(kept_count)
            union all
            select run_date, count(*), any_value(candidate_count)
            from candidates full join score_counts using (run_date)
            group by run_date having count(*) <> any_value(candidate_count)''').fetchall()
    assert not halves, halves
    polls += 1
    if dates not in seen:
        seen.append(dates)
    time.sleep(0.05)
print(polls, seen)
"""


def test_a_date_that_fails_is_one_failure_and_the_others_are_done(new_home, tmp_path):
    """One list is missing, one is of no domains; the day after that both are judged and built all the same."""
    for day, text in {4: "paypal-login-secure.com\norchardview.org", 5: "no domain\n", 7: "amazon-vip.vip\n"}.items():
        (tmp_path / f"2026-11-0{day}.txt").write_text(text)
    template = {"SQUATWATCH_SOURCES": "file", "SQUATWATCH_FILE_TEMPLATE": str(tmp_path / "{date:%Y-%m-%d}.txt")}
    (tmp_path / "rules.yml").write_text(SHIPPED.read_text().replace("least: 1000,", "least: 1,"))
    template["SQUATWATCH_FEED_HEALTH_FILE"] = str(tmp_path / "rules.yml")
    with command(
        new_home(tmp_path / "data"), "backfill", "--from", "2026-11-04", "--to", "2026-11-07", **template
    ) as ended:
        output = ended.stdout.read()
    assert ended.returncode == 1
    assert "2 of 4 dates done" in output and "2 of 4 dates are not done" in output
    assert re.search(r"2026-11-05 failed: .*not one of its 1 lines is a registrable domain", output)
    assert re.search(r"2026-11-06 failed: .*is not there yet", output)
    settings = read_settings(home=tmp_path / "data")
    states = {status.run_date.day: status.state for status in statuses_of(settings, pipeline.model_version(settings))}
    assert states == {4: "done", 7: "done"}  # a refused list leaves nothing behind
