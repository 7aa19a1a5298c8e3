"""A warehouse that was made elsewhere: its views read the files here, and what publish does not make is not run."""

from __future__ import annotations

import shutil

import duckdb
import pytest
from store_work import data_root

from squatwatch.errors import Damaged
from squatwatch.warehouse.relocate import relocate


@pytest.fixture
def moved(tmp_path):
    """moved(sql) makes a warehouse by the SQL ({file} is a published one), moves its data root; returns the new one."""
    home = data_root(tmp_path / "before")

    def move(*statements: str):
        file = next((home / "published/registrations/run_date=2024-02-29").iterdir())
        shutil.copyfile(file, tmp_path / "published.parquet")
        (tmp_path / "published").mkdir()
        with duckdb.connect(home / "warehouse.duckdb") as warehouse:
            for sql in statements:
                warehouse.execute(sql.format(file=file, tmp=tmp_path))
        return home.rename(tmp_path / "after[1]'s")

    return move


def test_views_read_the_files_here_and_keep_their_comments(moved):
    home = moved(
        "comment on view registrations is 'Registered names.'",
        "comment on column registrations.domain is 'The name.'",
        "create view first as select min(domain) as domain from main.registrations",
    )
    relocate(home / "warehouse.duckdb", home)
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as warehouse:
        assert warehouse.execute("select count(*) from registrations").fetchone() == (3,)
        assert warehouse.execute("from first").fetchone() == ("arnazon.example",)
        comments = "select comment from duckdb_columns() where table_name = 'registrations' and comment <> ''"
        assert warehouse.execute(comments).fetchall() == [("The name.",)]
        comments = "select comment from duckdb_views() where view_name = 'registrations'"
        assert warehouse.execute(comments).fetchall() == [("Registered names.",)]


def test_names_with_quotes_are_names(moved):
    home = moved(
        """create view "o'clock "" is null; --" as select domain as "a"" is null; --" from read_parquet(['{file}'])""",
        """comment on column "o'clock "" is null; --"."a"" is null; --" is 'it''s'""",
    )
    relocate(home / "warehouse.duckdb", home)
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as warehouse:
        assert len(warehouse.execute('from "o\'clock "" is null; --"').fetchall()) == 2
        assert ("it's",) in warehouse.execute("select comment from duckdb_columns()").fetchall()


PIVOTS = [
    "from registrations pivot (count(*) for right(domain, 7) in ('example', 'invalid'))",
    "pivot read_parquet(['{file}']) on right(domain, 7) in ('example', 'invalid') using count(*)",
    "with per_date as (pivot registrations on right(domain, 7) in ('example') using count(*)) from per_date",
    "unpivot (select count(*) as names from registrations) on names into name what value many",
]


@pytest.mark.parametrize("query", PIVOTS)
def test_a_view_may_pivot_what_it_reads(moved, query):
    """With its values written out: DuckDB makes no view that would take them from the rows."""
    home = moved(f"create view v as {query}")
    relocate(home / "warehouse.duckdb", home)
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as warehouse:
        assert warehouse.execute("from v").fetchall()


def test_a_view_that_is_called_like_a_statement_runs_nothing(moved, tmp_path):
    name = "registrations is null; copy (select 1) to '{tmp}/written.csv'; --"
    home = moved(f"""create view "{name}" as from read_parquet(['{{file}}'])""")
    relocate(home / "warehouse.duckdb", home)
    assert not (tmp_path / "written.csv").exists()


FORGED = [
    ("create view v as from read_text('/etc/passwd')", "view 'v' reads something else than published files"),
    ("create view v as from read_parquet(['{file}', '/etc/passwd'])", "view 'v' reads something else"),
    ("create view v as from read_parquet('{file}')", "view 'v' reads something else than published files"),
    ("create view v as from read_parquet(['{tmp}/published/../published.parquet'])", "view 'v' reads something else"),
    ("create view v as select (select content from read_text('/etc/passwd')) as a", "view 'v' reads something else"),
    ("create view v as from '{tmp}/published.csv'", "view 'v' reads something else than tables"),
    ("create view v as from (describe '{tmp}/published.csv')", "view 'v' reads something else than tables"),
    ("create macro duckdb_views() as table from read_text('/etc/passwd')", "it has a macro 'duckdb_views'"),
]


@pytest.mark.parametrize(("sql", "message"), FORGED)
def test_what_publish_does_not_make_is_refused(moved, tmp_path, sql, message):
    (tmp_path / "published.csv").write_text("a,b\n1,2\n")
    home = moved(sql)
    before = (home / "warehouse.duckdb").read_bytes()
    with pytest.raises(Damaged, match=rf"{message}.*; run: squatwatch publish"):
        relocate(home / "warehouse.duckdb", home)
    assert (home / "warehouse.duckdb").read_bytes() == before


def test_files_of_several_places_are_taken_from_here(moved, tmp_path):
    shutil.copytree(tmp_path / "before/published", tmp_path / "other/published")
    there = next((tmp_path / "other/published/registrations/run_date=2024-02-28").iterdir())
    home = moved(f"create view v as from read_parquet(['{{file}}', '{there}'])")
    shutil.rmtree(tmp_path / "other")
    relocate(home / "warehouse.duckdb", home)
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as warehouse:
        assert warehouse.execute("select count(*) from v").fetchone() == (3,)
