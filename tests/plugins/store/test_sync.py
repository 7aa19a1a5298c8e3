"""A local warehouse that follows what is published in a store."""

from __future__ import annotations

import shutil

import duckdb
import pytest
from store_work import data_root
from typer.testing import CliRunner

from squatwatch.cli import app
from squatwatch.cli import store as commands
from squatwatch.errors import Missing, SquatwatchError, TryLater
from squatwatch.store.catalogs import Catalogs
from squatwatch.store.folder import FolderStore
from squatwatch.store.whole import sync as module
from squatwatch.store.whole.move_in import move_into_store
from squatwatch.store.whole.sync import sync

COUNT = "select count(*) from registrations"


@pytest.fixture
def published(tmp_path, machine):
    """published(n) publishes a data root of n dates (of two at most) in the store."""
    home = data_root(tmp_path / "data")

    def publish(dates: int) -> None:
        if not (tmp_path / "share/catalog").exists():
            move_into_store(home, machine("a"), print)
        files = sorted((home / "published").rglob("*.parquet"))[:dates]
        with duckdb.connect(home / "warehouse.duckdb") as warehouse:
            paths = [path.relative_to(home).as_posix() for path in files]
            warehouse.execute("create table if not exists all_files as from published_files")
            warehouse.execute("delete from published_files")
            warehouse.execute("insert into published_files from all_files where list_contains(?, path)", [paths])
            warehouse.execute(
                f"create or replace view registrations as from read_parquet({list(map(str, files))}, "
                "hive_partitioning = true)"
            )
        catalogs = Catalogs(FolderStore(tmp_path / "share"), tmp_path / "unused")
        assert catalogs.create(catalogs.newest() + 1, home / "warehouse.duckdb")

    return publish


def rows(folder) -> int:
    with duckdb.connect(folder / "warehouse.duckdb", read_only=True) as warehouse:
        return warehouse.sql(COUNT).fetchall()[0][0]


def test_a_folder_has_the_newest_warehouse_and_stands_alone(published, machine, tmp_path):
    published(2)
    synced = sync(machine("b"), tmp_path / "local")
    assert (synced.path, synced.is_new) == (tmp_path / "local/warehouse.duckdb", True)
    shutil.rmtree(tmp_path / "b")
    shutil.rmtree(tmp_path / "data")
    assert rows(tmp_path / "local") == 3


def test_it_follows_and_keeps_no_files_that_nobody_needs(published, machine, tmp_path):
    published(2)
    sync(machine("b"), tmp_path / "local")
    assert not sync(machine("b"), tmp_path / "local").is_new
    published(1)
    assert sync(machine("b"), tmp_path / "local").is_new
    assert rows(tmp_path / "local") == 1
    assert len(list((tmp_path / "local").rglob("*.parquet"))) == 1


def test_a_folder_that_has_something_else_in_it_is_left_as_it_is(published, machine, tmp_path):
    published(1)
    with pytest.raises(SquatwatchError, match="data is not empty, and is no copy of file:///"):
        sync(machine("b"), tmp_path / "data")


def test_a_store_is_not_synced_into_itself(published, machine, tmp_path):
    published(1)
    with pytest.raises(SquatwatchError, match="are one folder, or one is inside the other; nothing was written"):
        sync(machine("b"), tmp_path / "share/inner")
    assert not (tmp_path / "share/inner").exists()


@pytest.mark.parametrize("place", ["published", "published/registrations", "warehouse.duckdb"])
def test_what_a_symlink_in_the_folder_names_is_left_as_it_is(published, machine, tmp_path, place):
    published(2)
    sync(machine("b"), tmp_path / "local")
    (tmp_path / "local" / place).rename(tmp_path / "foreign")
    (tmp_path / "local" / place).symlink_to(tmp_path / "foreign")
    there = sorted(tmp_path.glob("foreign/**/*"))
    published(1)
    with pytest.raises(SquatwatchError, match=f"local/{place} is a symlink, .* nothing was written or removed: remove"):
        sync(machine("b"), tmp_path / "local")
    assert sorted(tmp_path.glob("foreign/**/*")) == there


def test_where_a_file_is_there_it_says_so(published, machine, tmp_path):
    published(1)
    (tmp_path / "local").write_text("precious")
    with pytest.raises(SquatwatchError, match="local is there, and is no folder; nothing was written: name a folder"):
        sync(machine("b"), tmp_path / "local")


def test_where_nothing_was_published_it_says_so(machine, tmp_path):
    with pytest.raises(Missing, match=r"nothing was published in file:.*/share so far; run there: squatwatch publish"):
        sync(machine("b"), tmp_path / "local")


def test_the_command_needs_no_database_and_goes_on_while_the_store_does_not_answer(published, tmp_path, monkeypatch):
    published(1)
    monkeypatch.setenv("SQUATWATCH_HOME", f"file://{tmp_path}/share")
    monkeypatch.setenv("SQUATWATCH_SCRATCH", f"{tmp_path}/b")
    turns = iter(["answers", "is busy", "answers"])

    def sync_or_not(*arguments):
        if next(turns) == "is busy":
            raise TryLater("the store is busy")
        published(2)
        return sync(*arguments)

    waited = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "sync", sync_or_not)
    monkeypatch.setattr(commands.time, "sleep", wait)
    ended = CliRunner().invoke(app, ["sync", "--to", str(tmp_path / "local"), "--every", "30"])
    assert waited == [30, 30, 30], ended.exception
    lines = ended.stderr.split("\n")
    assert lines[0].endswith("local/warehouse.duckdb: as publish 3 left it")
    assert lines[1] == "the store is busy"
    assert lines[2].endswith("as publish 4 left it")


def test_a_data_root_in_a_folder_has_its_warehouse_already(tmp_path, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_HOME", str(tmp_path / "data"))
    refused = CliRunner().invoke(app, ["sync", "--to", str(tmp_path / "local")]).exception
    assert "data is a folder; this is for a data root in a store (s3://bucket/prefix)" in str(refused)


@pytest.mark.parametrize("to", ["", " "])
def test_no_folder_is_not_the_folder_where_one_is(published, tmp_path, monkeypatch, to):
    published(1)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("SQUATWATCH_HOME", f"file://{tmp_path}/share")
    refused = CliRunner().invoke(app, ["sync", "--to", to]).exception
    assert str(refused) == "--to names no folder: write an empty one, or one that was synced before"
    assert not list((tmp_path / "here").iterdir())


@pytest.mark.parametrize("seconds", ["0", "86401", "1e300", "inf", "nan"])
def test_it_asks_once_a_day_at_least(tmp_path, seconds):
    refused = CliRunner().invoke(app, ["sync", "--to", str(tmp_path / "local"), "--every", seconds])
    assert refused.exit_code == 2 and "Invalid value for '--every'" in refused.output
