"""Reading the warehouse: locked down for shared use, a question at a time, clear before anything was published."""

from __future__ import annotations

import shutil

import duckdb
import polars as pl
import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.warehouse.connection import ask, connect, warehouse_path


@pytest.fixture
def published(settings):
    """A warehouse with a view over one published file."""
    path = settings.home / "published" / "detections.parquet"
    path.parent.mkdir(parents=True)
    pl.DataFrame({"domain": ["paypal-login.com"]}).write_parquet(path)
    with duckdb.connect(warehouse_path(settings.home)) as warehouse:
        warehouse.execute(f"create view detections as from read_parquet('{path}')")
    return settings


def test_a_connection_reads_the_published_files_and_nothing_else(published, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    (published.home / "raw.txt").write_text("a list as received")
    with connect(published.home) as warehouse:
        assert warehouse.execute("select count(*) from detections").fetchone() == (1,)
        for attempt in (
            f"from '{secret}'",
            f"from read_text('{published.home / 'raw.txt'}')",
            f"copy (select 1) to '{tmp_path / 'out.csv'}'",
            "create table mine (a int)",
            "drop view detections",
            "set enable_external_access = true",
            f"set allowed_directories = ['{tmp_path}']",
            "set memory_limit = '1TB'",
            f"attach '{tmp_path / 'other.duckdb'}'",
            "install httpfs",
            "load httpfs",
        ):
            with pytest.raises(duckdb.Error):
                warehouse.execute(attempt)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("copy (select 1) to '{home}/published/detections.parquet'", "one SELECT"),
        ("select 1; select 2", "one SELECT"),
        ("explain analyze copy (select 1) to '{home}/out.csv'", "one SELECT"),
        ("", "one SELECT"),
        ("select * from detectoins", "Did you mean"),
        ("selec 1", "syntax error"),
    ],
)
def test_a_question_is_one_select(published, sql, message):
    with pytest.raises(SquatwatchError, match=message):
        ask(published.home, sql.format(home=published.home))
    assert ask(published.home, "select domain from detections where domain = ?", ["paypal-login.com"]) == (
        ["domain"],
        [("paypal-login.com",)],
    )


def test_before_anything_was_published_the_message_names_the_command(settings):
    with pytest.raises(SquatwatchError, match="run: squatwatch publish"):
        connect(settings.home)


@pytest.mark.parametrize("is_copied", [False, True])
@pytest.mark.parametrize("name", ["elsewhere", "it's [1]* 100%"])
def test_a_data_root_that_was_moved_or_copied_says_so_and_names_the_command(published, tmp_path, name, is_copied):
    moved = published.model_copy(update={"home": tmp_path / name})
    (shutil.copytree if is_copied else shutil.move)(published.home, moved.home)
    with pytest.raises(SquatwatchError, match=r"was published in another place.*run: squatwatch publish"):
        ask(moved.home, "select count(*) from detections")
    if is_copied:
        assert ask(published.home, "select count(*) from detections")[1] == [(1,)]


def test_a_warehouse_without_a_view_over_files_can_be_anywhere(settings):
    settings.home.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(warehouse_path(settings.home)) as warehouse:
        warehouse.execute("create view one as select 1 as one")
    assert ask(settings.home, "from one")[1] == [(1,)]
