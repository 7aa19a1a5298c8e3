"""A table is declared once: status, messages, catalog, publish, comments and dbt's sources follow from that."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from squatwatch.errors import Missing
from squatwatch.lake.tables import REGISTRY, STEPS, Column, Registry, Table
from squatwatch.state.status import status_of
from squatwatch.warehouse.connection import ask

DAY = date(2024, 2, 29)
BANDS = Table(
    "score_bands",
    "How many candidates have a score in each tenth. One row per run_date and band.",
    {
        "band": Column(pl.Int64, "Lower end of the band, in tenths."),
        "candidate_count": Column(pl.Int64, "Candidates in the band."),
    },
    step="score",
    upstream="candidates",
)


@pytest.fixture
def one_more(monkeypatch):
    """The registry with a table that no release has."""
    monkeypatch.setattr(REGISTRY, "_tables", dict(REGISTRY._tables))
    REGISTRY.add(BANDS)


@pytest.fixture
def dates(one_more, dates, monkeypatch):
    """The writer of dates; it reads the columns of tables anew, this one's too."""
    monkeypatch.setattr(
        dates, "schema", lambda table, known=dates.schema: BANDS.schema if table == BANDS.name else known(table)
    )
    return dates


def test_a_table_declared_once_is_written_published_commented_and_described_to_dbt(dates, settings, monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).resolve().parents[3] / "scripts")
    import dbt_sources

    dates.write(DAY, "paypal-login.com")
    assert status_of(settings, DAY, "bilstm-1").state == "done"
    made_from = dates.lake.made_from("score_counts", DAY)
    dates.lake.write("score_bands", DAY, pl.DataFrame([(9, 1)], schema=BANDS.schema, orient="row"), made_from=made_from)
    dates.publish()
    assert ask(settings.home, "select run_date, band, candidate_count from score_bands")[1] == [(DAY, 9, 1)]
    comments = "select comment from duckdb_views() where view_name = 'score_bands'"
    assert ask(settings.home, comments)[1] == [(BANDS.comment,)]
    columns = "select column_name, comment from duckdb_columns() where table_name = 'score_bands' order by column_index"
    described = dict(ask(settings.home, columns)[1])
    assert list(described) == ["run_date", "band", "candidate_count"]
    assert described["band"] == "Lower end of the band, in tenths."
    assert "- name: score_bands\n" in dbt_sources.sources() and BANDS.columns["band"].comment in dbt_sources.sources()


def test_a_date_without_it_is_unfinished_and_the_message_names_its_step(dates, settings):
    dates.write(DAY, "paypal-login.com")
    dates.lake.partition("score_bands", DAY).unlink()
    status = status_of(settings, DAY, "bilstm-1")
    assert (status.state, status.reasons, status.again_from) == ("unfinished", ("no score_bands",), "score")
    with pytest.raises(Missing, match=f"run: squatwatch score --date {DAY}"):
        dates.lake.read("score_bands", DAY)


def test_a_date_whose_file_of_it_was_made_from_other_candidates_is_unfinished(dates, settings):
    dates.write(DAY, "paypal-login.com")
    dates.lake.write("score_bands", DAY, pl.DataFrame(schema=BANDS.schema))
    assert status_of(settings, DAY, "bilstm-1").reasons == ("score_bands and score_counts are of two runs",)


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        (Table("candidates"), "two tables called candidates"),
        (Table("score_bands", upstream="bands"), "score_bands is made from bands, which is not declared before it"),
    ],
)
def test_a_declaration_that_contradicts_others_is_refused(table, complaint):
    with pytest.raises(ValueError, match=complaint):
        Registry([*REGISTRY, table])


def test_every_table_of_a_date_has_a_step_a_comment_and_columns_that_are_explained():
    described_here = [table for table in REGISTRY if not table.is_described_by_dbt]
    assert len(described_here) > 10
    for table in described_here:
        assert table.comment.endswith(".") and "One row per" in table.comment, table.name
        assert table.columns and all(column.comment for column in table.columns.values()), table.name
    assert all(table.step for table in REGISTRY.partitioned())
    assert {table.step for table in REGISTRY.required()} == set(STEPS) - {"download"}
