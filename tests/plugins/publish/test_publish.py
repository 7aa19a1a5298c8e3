"""What a publish makes of the dates: views, marts and comments, swapped in at once, with what spans several dates."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import duckdb
import polars as pl
import pytest

from squatwatch import pipeline
from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import Lake
from squatwatch.lake.tables import REGISTRY, THRESHOLDS
from squatwatch.lists.thresholds import write_thresholds
from squatwatch.publish.previous import previous_publish
from squatwatch.sentences import sentence
from squatwatch.warehouse.connection import ask, warehouse_path
from squatwatch.warehouse.gauges import gauges

FIRST, SECOND, MONTHS_LATER = date(2026, 7, 1), date(2026, 7, 2), date(2026, 11, 5)
MODEL = "bilstm-1"
LATER = {"scored_at": datetime(2026, 11, 26, tzinfo=UTC)}


@pytest.fixture(scope="module")
def published(new_dates, tmp_path_factory):
    """Three dates, loaded the last first: one name comes again the day after, one after months."""
    dates = new_dates(tmp_path_factory.mktemp("published"))
    dates.write(MONTHS_LATER, "paypal-login.com", "paypal-vip.top")
    dates.write(SECOND, "paypal-login.com")
    dates.write(FIRST, "paypal-login.com", also=("paypal-vip.top", "orchardview.org"))
    write_thresholds(
        dates.settings.home, MODEL, pl.DataFrame([{"brand": "paypal", "threshold": 0.5}], schema=THRESHOLDS.schema)
    )
    dates.publish()
    return dates.settings


def test_a_name_is_new_once_and_seen_since_its_first_date_whatever_the_order_of_loading(published):
    sql = """
        select run_date, domain, first_seen_on, previously_seen_on, is_new, is_reregistered
        from detections order by domain, run_date"""
    assert ask(published.home, sql)[1] == [
        (FIRST, "paypal-login.com", FIRST, None, True, False),
        (SECOND, "paypal-login.com", FIRST, FIRST, False, False),  # listed twice by the feed
        (MONTHS_LATER, "paypal-login.com", FIRST, SECOND, False, True),  # dropped and registered again
        (MONTHS_LATER, "paypal-vip.top", FIRST, FIRST, True, True),  # and it did not resemble a brand then
    ]


def test_of_many_dates_that_stay_as_they_were_five_are_told(new_dates, tmp_path):
    dates = new_dates(tmp_path)
    days = [date(2026, 7, day) for day in range(1, 8)]
    for day in days:
        dates.write(day, "paypal-login.com")
    dates.publish()
    for day in days:
        Lake(dates.settings.home).partition("feed_health", day).unlink()
    again = dates.publish()
    assert sorted(again.warehouse.held_back) == days
    line = sentence(again)
    assert line.count(" stays as it was published: no feed_health") == 5
    assert "and 2 more like this: squatwatch status shows them" in line.split("; ")
    assert ask(dates.settings.home, "select count(distinct run_date) from detections")[1] == [(7,)]


def test_detections_have_the_columns_that_other_programs_rely_on(published):
    assert [row[0] for row in ask(published.home, "describe detections")[1]] == (
        "run_date detection_id domain domain_unicode brand score threshold is_detection reason technique "
        "matched_text aligned component_resemblance component_placement component_surroundings component_words "
        "first_seen_on previously_seen_on is_new is_reregistered sources allowlist_reason model_version scored_at "
        "device"
    ).split()


def test_every_table_and_column_is_described_with_its_grain(published):
    columns = ask(published.home, "select table_name, column_name, comment from duckdb_columns() where not internal")[1]
    assert [row[:2] for row in columns if not row[2]] == []
    tables = dict(ask(published.home, "select view_name, comment from duckdb_views() where not internal")[1])
    tables |= dict(ask(published.home, "select table_name, comment from duckdb_tables() where not internal")[1])
    assert {"registrations", "detections", "stage_balance", "budget_check"} < tables.keys()
    assert {table.name for table in REGISTRY.of_warehouse()} < tables.keys()
    assert [name for name, comment in tables.items() if "One row per " not in comment] == []


def test_the_state_of_each_date_is_there(published):
    rows = ask(published.home, "select run_date, state, is_published from dates order by run_date")[1]
    assert rows == [
        (FIRST, "outdated", True),
        (SECOND, "outdated", True),
        (MONTHS_LATER, "outdated", True),
    ]  # thresholds came after them
    assert ask(published.home, "select distinct reason from dates")[1] == [("the thresholds have changed",)]


def test_the_figures_of_a_date_are_there_for_a_monitoring_system(published):
    found = {(gauge.name, *gauge.tags.values()): gauge.value for gauge in gauges(published.home, MONTHS_LATER)}
    assert found["registrations", "sample"] == 2 and found["candidates",] == 2
    assert (found["detections", "paypal"], found["alarm_budget", "paypal"]) == (2, 3)
    assert {found["is_balanced", stage] for stage in ("load", "transform", "score")} == {1}
    assert ("score_psi",) not in found  # nothing to compare with
    assert list(gauges(published.home, date(2020, 1, 1))) == []


def test_it_opens_from_another_folder_under_another_name_and_in_any_client(published, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(warehouse_path(published.home), "copy.duckdb")
    with duckdb.connect() as client:
        client.execute("attach 'copy.duckdb' as somebodys (read_only)")
        assert client.execute("select count(*) from somebodys.detections").fetchone() == (4,)
        assert client.execute("select count(*) from somebodys.brand_alarms").fetchone() > (0,)


def test_a_date_of_an_earlier_release_is_read_beside_the_others(dates, settings):
    dates.write(SECOND, "paypal-login.com")
    dates.write(FIRST, "paypal-vip.top")
    older = dates.lake.read("detections", FIRST).drop("reason", "aligned").with_columns(gone=pl.lit(1))
    dates.lake.write("detections", FIRST, older, made_from=dates.lake.made_from("detections", FIRST))
    dates.publish()
    assert ask(settings.home, "select domain, reason, aligned from detections order by domain")[1] == [
        ("paypal-login.com", None, None),
        ("paypal-vip.top", None, None),
    ]
    assert "gone" not in ask(settings.home, "from detections")[0]


def test_a_date_scored_again_by_another_model_keeps_its_earlier_verdict(dates, settings, new_dates):
    dates.write_verdicts(FIRST, [{"domain": "paypal-login.com", "brand": "paypal", "score": 0.9}])
    later = new_dates(settings.home, "bilstm-2")
    later.write_verdicts(
        FIRST, [{"domain": "paypal-login.com", "brand": "paypal", "score": 0.4, "is_detection": False} | LATER]
    )
    later.publish()
    sql = "select model_version, score, threshold, is_detection, is_current from detections_history order by scored_at"
    assert ask(settings.home, sql)[1] == [("bilstm-1", 0.9, 0.5, True, False), ("bilstm-2", 0.4, 0.5, False, True)]
    assert ask(settings.home, "select model_version, score from detections")[1] == [("bilstm-2", 0.4)]


@pytest.mark.slow
def test_readers_are_answered_while_dates_are_written_and_published(dates, settings):
    """A reader sees the date as it was or as it is, and all of its tables alike."""
    dates.write(FIRST, "paypal-login.com", "paypal-vip.top")
    dates.publish()

    def write() -> None:
        for names in (["paypal-now.com"], ["paypal-login.com", "paypal-vip.top"]):
            dates.write(FIRST, *names)
            dates.publish()

    counts = "select (select count(*) from detections), (select count(*) from registrations)"
    seen = set()
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        while not writing.done():
            seen.update(ask(settings.home, counts)[1])
            time.sleep(0.02)
    writing.result()
    assert seen == {(1, 1), (2, 2)}


def test_dates_that_wait_while_another_publish_is_at_work_share_the_next_one(dates, settings):
    days = [date(2026, 7, day) for day in range(1, 5)]
    for day in days:
        dates.write(day, "paypal-login.com")
    with ThreadPoolExecutor(len(days)) as pool:
        with previous_publish(settings.home):  # as if another publish were at work, which began before they were ready
            waiting = [pool.submit(pipeline.publish_date, settings, day) for day in days]
            time.sleep(0.2)
        results = [future.result() for future in waiting]
    published = [result for result in results if isinstance(result, pipeline.Publication)]
    assert len(published) == 1 and sorted(published[0].warehouse.changed) == days
    told = [sentence(result) for result in results if result is not published[0]]
    assert told == [f"{warehouse_path(settings.home)} has the date as it is: another publish has taken it"] * 3
    assert ask(settings.home, "select count(distinct run_date) from detections")[1] == [(4,)]


def test_a_publish_that_fails_leaves_the_old_warehouse(dates, settings, tmp_path):
    dates.write(FIRST, "paypal-login.com")
    dates.publish()
    before = warehouse_path(settings.home).read_bytes()
    with pytest.raises(SquatwatchError, match=r"brands\.csv cannot be read"):
        pipeline.publish_with(settings.model_copy(update={"brands_file": tmp_path / "brands.csv"}), MODEL)
    assert warehouse_path(settings.home).read_bytes() == before
    assert list((settings.home / "work").glob("publish-*")) == []


def test_a_warehouse_that_is_damaged_or_of_an_earlier_release_is_made_anew(dates, settings):
    dates.write(FIRST, "paypal-login.com")
    for damage in (b"no database", b""):
        warehouse_path(settings.home).write_bytes(damage)
        dates.publish()
        assert ask(settings.home, "select domain, first_seen_on from detections")[1] == [("paypal-login.com", FIRST)]


def test_a_data_root_with_odd_characters_in_its_name(new_dates, tmp_path):
    dates = new_dates(tmp_path / 'it\'s a "root" [1]*')
    dates.write(FIRST, "paypal-login.com")
    dates.publish()
    assert ask(dates.settings.home, "select count(*) from detections")[1] == [(1,)]


def test_what_is_partial_or_out_of_date_is_told_with_the_command(dates, settings, tmp_path):
    dates.write(FIRST, "paypal-login.com")
    (tmp_path / "brands.csv").write_text("brand,brand_domain\nklarna,klarna.com\n")
    changed = settings.model_copy(update={"brands_file": tmp_path / "brands.csv"})
    told = sentence(pipeline.publish_with(changed, MODEL))
    assert "1 outdated; run: squatwatch backfill --from 2026-07-01 --to 2026-07-01" in told
