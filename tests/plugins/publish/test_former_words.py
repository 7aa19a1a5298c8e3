"""Feed health of releases up to 0.2.0, `verdict` and `told`, is read and published in the words of today."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import polars as pl
import pytest

from squatwatch.lake.tables import FEED_HEALTH
from squatwatch.review.day.unpublished import unpublished
from squatwatch.state.status import status_of
from squatwatch.warehouse.catalog import of_python, select_of
from squatwatch.warehouse.connection import ask
from squatwatch.warehouse.gauges import gauges

DAY = date(2026, 7, 1)
NEXT_DAY = DAY + timedelta(days=1)
WORDS = [  # check_name, result and severity as they are called now; verdict and severity as they were
    ("received", "passed", "warn", "ok", "tell"),
    ("name_count", "stopped", "stop", "stopped", "stop"),
    ("idn_share", "warned", "warn", "told", "tell"),
    ("overlap", "accepted", "stop", "accepted", "stop"),
    ("seen_before", "skipped", None, "skipped", None),
]
NOW = [words[:3] for words in WORDS]


@pytest.fixture
def former(dates):
    """The writer of dates; the feed health of DAY is as an earlier release wrote it, NEXT_DAY's as this one does."""
    dates.write(DAY, "paypal-login.com")
    dates.write(NEXT_DAY, "paypal-konto.de")
    columns = ["source", "check_name", "verdict", "severity"]
    written = [("sample", name, verdict, severity) for name, _, _, verdict, severity in WORDS]
    others = [pl.lit(None, column.type).alias(name) for name, column in FEED_HEALTH.columns.items()]
    rows = pl.DataFrame(written, schema=columns, orient="row")
    rows = rows.with_columns(column for column in others if column.meta.output_name() not in [*columns, "result"])
    made_from = dates.lake.made_from("feed_health", DAY)
    dates.lake.write("feed_health", DAY, rows, made_from=made_from)
    return dates


def test_the_file_is_read_in_the_words_of_today(former):
    rows = former.lake.read("feed_health", DAY)
    assert sorted(rows.columns) == sorted(FEED_HEALTH.columns)
    assert rows.select("check_name", "result", "severity").rows() == NOW


def test_it_is_published_beside_files_of_today_and_its_date_stays_done(former, settings):
    assert {status_of(settings, day, "bilstm-1").state for day in (DAY, NEXT_DAY)} == {"done"}
    former.lake.write("feed_health", NEXT_DAY, _one(former), made_from=former.lake.made_from("feed_health", NEXT_DAY))
    former.publish()
    names, rows = ask(settings.home, "select run_date, check_name, result, severity from feed_health order by run_date")
    assert names == ["run_date", "check_name", "result", "severity"]
    assert [row[1:] for row in rows if row[0] == DAY] == NOW
    assert [row[1:] for row in rows if row[0] == NEXT_DAY] == [("idn_share", "warned", "warn")]
    assert ("feed_checks_not_passed", 3.0) in {(gauge.name, gauge.value) for gauge in gauges(settings.home, DAY)}


def test_the_view_has_the_words_of_today_also_where_every_file_is_of_an_earlier_release(former):
    paths = [str(former.lake.partition("feed_health", DAY))]
    with duckdb.connect() as connection:
        rows = connection.sql(select_of(of_python(FEED_HEALTH), paths))
        assert rows.columns == ["run_date", *FEED_HEALTH.columns]
        assert rows.select("check_name, result, severity").fetchall() == NOW


def test_a_date_that_an_earlier_release_stopped_is_held_and_the_page_shows_its_checks(former, settings):
    former.lake.partition("candidates", DAY).unlink()
    status = status_of(settings, DAY, "bilstm-1")
    assert (status.state, status.reasons) == ("held", ("name_count of sample: None",))
    absent = unpublished(settings, DAY)
    assert {check["check_name"]: check["result"] for check in absent.checks} == {name: now for name, now, _ in NOW}


def _one(former):
    row = dict.fromkeys(FEED_HEALTH.columns) | {"source": "sample", "check_name": "idn_share"}
    return pl.DataFrame([row | {"result": "warned", "severity": "warn"}], schema=FEED_HEALTH.schema)
