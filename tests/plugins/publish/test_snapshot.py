"""What is published: whole dates only, as they were when they were whole, whatever runs are doing meanwhile."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from squatwatch.lake.tables import REGISTRY
from squatwatch.publish.snapshot import KEPT_FOR, is_published, sweep, take_snapshot
from squatwatch.warehouse.catalog import views

TABLES = [table.name for table in REGISTRY.required()]
DAY, NEXT_DAY = date(2024, 2, 29), date(2024, 3, 1)


@pytest.fixture
def snapshot(settings):
    tables = {view.name: view.partition for view in views(settings.dbt_project)}
    return lambda before=(): take_snapshot(settings.home, tables, before)


def contents(settings, snapshot, run_date=DAY):
    """The domains of the date's published detections."""
    [file] = [each for each in live(snapshot) if (each.table, each.partition) == ("detections", f"run_date={run_date}")]
    return pl.read_parquet(settings.home / file.path, hive_partitioning=False)["domain"].to_list()


def live(snapshot):
    return [file for file in snapshot.files if file.retired_at is None]


def test_a_date_is_published_with_all_its_tables_once_it_is_whole(dates, settings, snapshot):
    dates.write(DAY, "paypal-login.com")
    dates.put("load", NEXT_DAY, dates.lists(NEXT_DAY, "paypal-vip.top"))  # and no further yet
    taken = snapshot()
    assert taken.changed == {DAY}
    assert {file.table for file in live(taken)} == {*TABLES, "downloads", "detections_history"}
    assert taken.held_back[NEXT_DAY].startswith("no feed_health")


def test_a_date_is_published_already_while_its_files_stay_as_they_were_taken(dates, settings, snapshot):
    def is_already(run_date=DAY):
        tables = {view.name: view.partition for view in views(settings.dbt_project)}
        return is_published(settings.home, tables, run_date, taken.files)

    dates.write(DAY, "paypal-login.com")
    dates.put("load", NEXT_DAY, dates.lists(NEXT_DAY, "paypal-vip.top"))  # and no further yet
    taken = snapshot()
    assert is_already() and not is_already(NEXT_DAY) and not is_already(date(2024, 3, 2))
    dates.write(DAY, "paypal-login.com")  # the same rows, written again
    assert not is_already()
    taken = snapshot(taken.files)
    assert is_already()
    dates.lake.partition("detections", DAY).unlink()
    assert not is_already()


def test_what_did_not_change_is_not_touched(dates, settings, snapshot):
    dates.write(DAY, "paypal-login.com")
    first = snapshot()
    states = {path: path.stat().st_ctime_ns for path in (settings.home / "published").rglob("*.parquet")}
    second = snapshot(first.files)
    assert second.files == first.files and not second.changed
    assert {path: path.stat().st_ctime_ns for path in (settings.home / "published").rglob("*.parquet")} == states


def test_a_date_that_is_being_run_again_stays_as_it_was_published_until_it_is_whole(dates, settings, snapshot):
    dates.write(DAY, "paypal-login.com")
    before = snapshot()
    dates.put("load", DAY, dates.lists(DAY, "paypal-vip.top"))
    between = snapshot(before.files)
    assert contents(settings, between) == ["paypal-login.com"]
    assert live(between) == live(before) and DAY in between.held_back
    dates.write(DAY, "paypal-vip.top")
    after = snapshot(between.files)
    assert contents(settings, after) == ["paypal-vip.top"] and not after.held_back
    assert contents(settings, before) == ["paypal-login.com"]  # for whoever has the old warehouse open


@pytest.mark.parametrize("table", TABLES)
def test_a_damaged_partition_is_not_published(dates, settings, snapshot, table):
    """Damaged as a disk or another program does it, by a new file in the old one's place."""
    dates.write(DAY, "paypal-login.com")
    before = snapshot()
    path = dates.lake.partition(table, DAY)
    path.unlink()
    path.write_bytes(b"PAR1 and then nothing")
    after = snapshot(before.files)
    assert live(after) == live(before)
    assert str(path.name.removesuffix(".parquet")) in after.held_back[DAY] and "damaged" in after.held_back[DAY]


def test_a_date_that_was_removed_is_gone(dates, settings, snapshot):
    dates.write(DAY, "paypal-login.com")
    dates.write(NEXT_DAY, "paypal-vip.top")
    before = snapshot()
    for table in (*TABLES, "downloads", "detections_history"):
        for path in dates.lake.folder(table, DAY).iterdir():
            path.unlink()
    after = snapshot(before.files)
    assert {file.partition for file in live(after)} == {f"run_date={NEXT_DAY}"}
    assert after.changed == {DAY}


def test_the_same_content_written_again_has_the_same_name_and_is_no_change(dates, settings, snapshot):
    dates.write(DAY, "paypal-login.com")
    before = snapshot()
    dates.write(DAY, "paypal-login.com")
    after = snapshot(before.files)
    assert {file.path for file in live(after)} == {file.path for file in live(before)}
    assert not [file for file in after.files if file.retired_at]
    assert not after.changed


def test_files_that_no_view_names_are_removed_a_day_later(dates, settings, snapshot):
    dates.write(DAY, "paypal-login.com")
    before = snapshot()
    dates.write(DAY, "paypal-vip.top")
    after = snapshot(before.files)
    retired = [file for file in after.files if file.retired_at]
    assert {file.path for file in retired} <= {file.path for file in before.files}
    assert all((settings.home / file.path).is_file() for file in retired) and retired
    assert sweep(settings.home, after.files) == after.files
    from dataclasses import replace

    long_ago = datetime.now(UTC) - KEPT_FOR - timedelta(minutes=1)
    aged = [replace(file, retired_at=long_ago) if file.retired_at else file for file in after.files]
    assert sweep(settings.home, aged) == live(after)
    assert not any((settings.home / file.path).exists() for file in retired)


def test_a_file_that_is_retired_and_wanted_again_stays(dates, settings, snapshot):
    """Brands changed and changed back: the files of the first time are named again."""
    dates.write(DAY, "paypal-login.com")
    first = snapshot()
    dates.write(DAY, "paypal-vip.top")
    second = snapshot(first.files)
    dates.write(DAY, "paypal-login.com")
    third = snapshot(second.files)
    assert {file.path for file in live(third)} == {file.path for file in live(first)}
    assert not {file.path for file in third.files if file.retired_at} & {file.path for file in live(third)}


def test_where_files_cannot_be_linked_they_are_copied(dates, settings, snapshot, monkeypatch):
    def no_links(*_):
        raise PermissionError("this file system has no hard links")

    monkeypatch.setattr(os, "link", no_links)
    dates.write(DAY, "paypal-login.com")
    assert contents(settings, snapshot()) == ["paypal-login.com"]
    assert not list((settings.home / "published").rglob(".*"))
