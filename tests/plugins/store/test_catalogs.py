"""Catalogs as somebody else may leave them in a store: what they say is checked, and nothing of them is run."""

from __future__ import annotations

import shutil

import duckdb
import pytest
from store_work import data_root

from squatwatch.errors import Damaged, SquatwatchError
from squatwatch.store.catalogs import Catalogs, named_files, published_files
from squatwatch.store.folder import FolderStore
from squatwatch.store.whole.sync import sync


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A warehouse as publish leaves one."""
    return data_root(tmp_path_factory.mktemp("data") / "home") / "warehouse.duckdb"


@pytest.fixture
def catalogs(machine, tmp_path):
    """Those of a store that is empty, and the settings of a machine that reads it."""
    reader = machine("reader")
    return Catalogs(FolderStore(tmp_path / "share"), tmp_path / "fetched"), reader


@pytest.fixture
def forge(made, tmp_path):
    """forge(sql) returns a warehouse that was changed by the SQL."""

    def change(*statements: str):
        path = tmp_path / "00000001.duckdb"
        shutil.copyfile(made, path)
        with duckdb.connect(path) as warehouse:
            for sql in statements:
                warehouse.execute(sql)
        return path

    return change


def test_a_good_one_names_its_files(made):
    files = published_files(made)
    assert sorted(files) == [f"registrations/run_date=2024-02-{day}/registrations.parquet" for day in (28, 29)]
    assert named_files(made) == {stored.key(path) for path, stored in files.items()}


@pytest.mark.parametrize(
    "values",
    [
        "path = '/etc/cron.d/' || file_name",
        "path = 'published/../../' || file_name",
        "path = path || chr(0)",
        "path = replace(path, '-', '*-')",
        "\"table\" = '..'",
        "partition = 'run_date=2024-02-29/x'",
        "file_name = '../x.parquet'",
        "\"table\" = '..', path = replace(path, 'published/registrations', 'published/..')",
        "size = null",
        "modified_ns = null",
        "retired_at = now(), path = '../x'",
    ],
)
def test_a_row_that_is_no_published_file_is_refused(forge, values):
    catalog = forge(f"update published_files set {values} where partition = 'run_date=2024-02-29'")
    with pytest.raises(Damaged, match=r"catalog/00000001.duckdb is not as .*then run: squatwatch publish"):
        named_files(catalog)


def test_a_view_in_place_of_the_table_is_not_read(forge, tmp_path):
    catalog = forge(
        "alter table published_files rename to files",
        "create view published_files as from files",
    )
    with pytest.raises(Damaged, match="it has no table published_files"):
        published_files(catalog)


def test_a_forged_one_writes_nothing_and_is_not_kept(forge, catalogs, tmp_path):
    written = tmp_path / "written.csv"
    name = f"candidates is null; copy (select * from read_text('/etc/passwd')) to '{written}'; --"
    there, reader = catalogs
    there.store.create(
        "catalog/00000001.duckdb",
        forge(
            f"""create view "{name}" as select 1 as a, 'read_parquet(' as b, content from read_text('/etc/passwd')"""
        ),
    )
    for _ in range(2):
        with pytest.raises(Damaged, match=r"catalog/00000001.duckdb is not as .*: its view .candidates is null; copy"):
            sync(reader, tmp_path / "local")
    assert not written.exists()
    assert not list((tmp_path / "reader").rglob("*.duckdb"))
    assert not (tmp_path / "local/warehouse.duckdb").exists()


def test_a_database_of_another_kind_is_not_opened(catalogs, tmp_path):
    (tmp_path / "other").write_bytes(b"SQLite format 3\0" + bytes(100))
    there, _ = catalogs
    there.store.create("catalog/00000001.duckdb", tmp_path / "other")
    with pytest.raises(SquatwatchError, match=r"catalog/00000001.duckdb cannot be read by squatwatch"):
        there.fetch(1)
