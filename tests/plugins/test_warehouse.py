"""The warehouse: views over what there is, described, swapped in whole, readable while a run is writing."""

import shutil
import threading
from datetime import date

import duckdb
import polars as pl
import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.lake import Lake
from squatwatch.tables import ACCEPTED_LISTS, DETECTIONS, FEED_HEALTH, REGISTRATIONS, THRESHOLDS
from squatwatch.thresholds import write_thresholds
from squatwatch.warehouse import ask, connect, publish_warehouse, warehouse_path

FIRST, SECOND = date(2026, 11, 5), date(2026, 11, 6)


def rows_of(table, **values):
    """One row of a table, nulls where nothing is said."""
    return pl.DataFrame([values], schema=table.schema)


def write_day(settings, run_date, *domains):
    lake = Lake(settings.home)
    registrations = [rows_of(REGISTRATIONS, source="sample", domain=domain) for domain in domains]
    detections = [rows_of(DETECTIONS, domain=domain, brand="paypal", score=0.9) for domain in domains]
    lake.write("registrations", run_date, pl.concat(registrations))
    lake.write("detections", run_date, pl.concat(detections))


def test_detections_know_when_a_domain_was_first_seen_whatever_the_order_of_loading(settings):
    write_day(settings, SECOND, "paypal-login.com", "paypal-vip.top")
    write_day(settings, FIRST, "paypal-login.com")
    publish_warehouse(settings)
    with connect(settings) as warehouse:
        seen = warehouse.execute("select run_date, domain, first_seen_on from detections order by all").fetchall()
    assert seen == [
        (FIRST, "paypal-login.com", FIRST),
        (SECOND, "paypal-login.com", FIRST),
        (SECOND, "paypal-vip.top", SECOND),
    ]


def test_a_date_scored_by_an_earlier_release_is_read_beside_the_others(settings):
    write_day(settings, SECOND, "paypal-login.com")
    write_day(settings, FIRST, "paypal-vip.top")
    lake = Lake(settings.home)
    lake.write("detections", FIRST, lake.read("detections", FIRST).drop("reason", "aligned"))
    publish_warehouse(settings)
    sql = "select domain, reason from detections order by domain"
    assert ask(settings, sql)[1] == [("paypal-login.com", None), ("paypal-vip.top", None)]


def test_detections_have_the_columns_that_other_programs_rely_on(settings):
    write_day(settings, FIRST, "paypal-login.com")
    publish_warehouse(settings)
    with connect(settings) as warehouse:
        columns = [row[0] for row in warehouse.execute("describe detections").fetchall()]
    assert (
        columns
        == (
            "run_date detection_id domain domain_unicode brand score threshold is_detection reason technique "
            "matched_text aligned component_resemblance component_placement component_surroundings component_words "
            "first_seen_on sources allowlist_reason model_version scored_at device"
        ).split()
    )


def test_every_table_and_column_is_described(settings):
    write_day(settings, FIRST, "paypal-login.com")
    write_thresholds(settings, "bilstm-1", rows_of(THRESHOLDS, brand="paypal", threshold=0.5))
    for table in (FEED_HEALTH, ACCEPTED_LISTS):
        Lake(settings.home).write(table.name, FIRST, rows_of(table))
    publish_warehouse(settings)
    with connect(settings) as warehouse:
        columns = warehouse.execute("select table_name, column_name, comment from duckdb_columns() where not internal")
        described = columns.fetchall()
        tables = warehouse.execute("select view_name, comment from duckdb_views() where not internal").fetchall()
    assert {table for table, _, _ in described} == {
        "registrations",
        "feed_health",
        "accepted_lists",
        "detections",
        "brands",
        "thresholds",
        "budget_check",
    }
    assert [row for row in described if not row[2]] == []
    assert all("One row per" in comment for _, comment in tables)


def test_a_connection_reads_the_data_root_and_nothing_else(settings, tmp_path):
    write_day(settings, FIRST, "paypal-login.com")
    publish_warehouse(settings)
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    with connect(settings) as warehouse:
        assert warehouse.execute("select count(*) from detections").fetchone() == (1,)
        for attempt in (
            f"from '{secret}'",
            f"copy (select 1) to '{tmp_path / 'out.csv'}'",
            "create table mine (a int)",
            "drop view detections",
            "set enable_external_access = true",
            f"attach '{tmp_path / 'other.duckdb'}'",
        ):
            with pytest.raises(duckdb.Error):
                warehouse.execute(attempt)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("copy (select 1) to '{home}/detections/run_date=2026-11-05/detections.parquet'", "one SELECT"),
        ("select 1; select 2", "one SELECT"),
        ("explain analyze copy (select 1) to '{home}/out.csv'", "one SELECT"),
        ("", "one SELECT"),
        ("select * from detectoins", "Did you mean"),
        ("selec 1", "syntax error"),
    ],
)
def test_a_question_is_one_select(settings, sql, message):
    write_day(settings, FIRST, "paypal-login.com")
    publish_warehouse(settings)
    with pytest.raises(SquatwatchError, match=message):
        ask(settings, sql.format(home=settings.home))
    assert ask(settings, "select domain from detections where domain = ?", ["paypal-login.com"]) == (
        ["domain"],
        [("paypal-login.com",)],
    )


def test_it_opens_from_another_folder_and_another_client(settings, tmp_path, monkeypatch):
    write_day(settings, FIRST, "paypal-login.com")
    publish_warehouse(settings)
    monkeypatch.chdir(tmp_path.parent)
    with duckdb.connect(warehouse_path(settings), read_only=True) as warehouse:
        assert warehouse.execute("select domain from detections").fetchall() == [("paypal-login.com",)]


def test_readers_are_answered_while_days_are_written_and_published(settings):
    write_day(settings, FIRST, "paypal-login.com", "paypal-vip.top")
    publish_warehouse(settings)
    stop, written = threading.Event(), 0

    def write():
        nonlocal written
        while not stop.is_set():
            write_day(settings, FIRST, "paypal-login.com", "paypal-vip.top")
            publish_warehouse(settings)
            written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(60):
            with connect(settings) as warehouse:
                assert warehouse.execute("select count(*) from detections").fetchone() == (2,)
    finally:
        stop.set()
        writer.join()
    assert written > 0


def test_a_publish_that_fails_leaves_the_old_warehouse(settings, tmp_path):
    write_day(settings, FIRST, "paypal-login.com")
    publish_warehouse(settings)
    before = warehouse_path(settings).read_bytes()
    with pytest.raises(SquatwatchError, match=r"brands\.csv cannot be read"):
        publish_warehouse(settings.model_copy(update={"brands_file": tmp_path / "brands.csv"}))
    assert warehouse_path(settings).read_bytes() == before
    assert [path.name for path in settings.home.iterdir() if path.is_file()] == ["warehouse.duckdb"]


def test_a_data_root_with_odd_characters_in_its_name(settings, tmp_path):
    odd = settings.model_copy(update={"home": tmp_path / 'it\'s a "root"'})
    write_day(odd, FIRST, "paypal-login.com")
    publish_warehouse(odd)
    with connect(odd) as warehouse:
        assert warehouse.execute("select count(*) from detections").fetchone() == (1,)
    shutil.rmtree(odd.home)


def test_before_anything_was_published_the_message_names_the_command(settings):
    with pytest.raises(SquatwatchError, match="run: squatwatch publish"):
        connect(settings)
