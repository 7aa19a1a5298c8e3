"""One dbt build: its own folder and database, tests that warn as lines for people, a process that may be killed."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from squatwatch.dbt_runner.build import Build, build_by_dbt, dbt
from squatwatch.dbt_runner.environment import environment
from squatwatch.errors import SquatwatchError

PROFILES = """
squatwatch:
  target: warehouse
  outputs:
    warehouse: {type: duckdb, path: warehouse.duckdb}
"""
WARNS = "{{ config(severity='warn') }} select * from {{ ref('names') }} where length(domain) < 6"


@pytest.fixture
def new_project(tmp_path):
    """new_project(name, model) gives a folder with a dbt project of one model, `names`, as a build has it."""

    def new(name: str, model: str = "select 'a.com' as domain", test: str = WARNS) -> Path:
        folder = tmp_path / name
        (folder / "models").mkdir(parents=True)
        (folder / "tests").mkdir()
        (folder / "dbt_project.yml").write_text(
            "name: squatwatch\nprofile: squatwatch\nversion: 1.0.0\nconfig-version: 2\n"
        )
        (folder / "profiles.yml").write_text(PROFILES)
        (folder / "models/names.sql").write_text("{{ config(materialized='table') }} " + model)
        (folder / "tests/every_name_has_a_dot_and_six_letters.sql").write_text(test)
        return folder

    return new


def build(folder: Path) -> list[str]:
    return build_by_dbt(
        Build(
            folder,
            "warehouse",
            [],
            {},
            what="the names",
            again="squatwatch publish",
            log=folder.parent / "logs/names.log",
            cache=folder.parent / "cache",
        ),
        folder,
    )


def names(folder: Path) -> list[tuple[str]]:
    with duckdb.connect(folder / "warehouse.duckdb", read_only=True) as warehouse:
        return warehouse.execute("from names").fetchall()


def test_two_builds_one_after_the_other_use_their_own_folders_databases(new_project):
    first, second = new_project("first"), new_project("second", "select 'orchardview.org' as domain")
    build(first)
    process = dbt._process
    build(second)
    assert dbt._process is process  # one process has built both
    assert (names(first), names(second)) == ([("a.com",)], [("orchardview.org",)])


def test_a_test_that_warns_is_a_line_for_people(new_project):
    assert build(new_project("short")) == ["not so: every name has a dot and six letters (1 rows)"]
    assert build(new_project("long", "select 'orchardview.org' as domain")) == []


def test_what_failed_is_named_with_its_log_and_the_next_command(new_project):
    folder = new_project("failing", test=WARNS.replace("warn", "error"))
    with pytest.raises(SquatwatchError) as raised:
        build(folder)
    message, log = str(raised.value), folder.parent / "logs/names.log"
    assert "dbt build of the names failed: test every_name_has_a_dot_and_six_letters: Got 1 result" in message
    assert message.endswith(f"the whole log is {log}; to try again run: squatwatch publish")
    assert "every_name_has_a_dot_and_six_letters" in log.read_text()


def wait_until_a_model_is_built(folder: Path) -> None:
    ends_at = time.monotonic() + 60
    while "Began running node model." not in _log_of(folder):
        assert time.monotonic() < ends_at, _log_of(folder)
        time.sleep(0.05)


def _log_of(folder: Path) -> str:
    path = folder / "logs/dbt.log"
    return path.read_text() if path.is_file() else ""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_dbt_that_is_killed_is_a_failure_and_the_next_build_has_another(new_project, number):
    endless = new_project("endless", "select max(md5(range::varchar)) as domain from range(1_000_000_000_000)")
    with ThreadPoolExecutor(1) as pool:
        building = pool.submit(build, endless)
        wait_until_a_model_is_built(endless)
        os.kill(dbt._process.pid, number)
        with pytest.raises(SquatwatchError, match=f"the names failed: it was ended by signal {number.value} "):
            building.result()
    assert build(new_project("next", "select 'orchardview.org' as domain")) == []


def test_a_dbt_that_was_killed_while_nothing_was_built_is_not_noticed(new_project):
    build(new_project("before"))
    dbt._process.kill()
    dbt._process.wait()
    assert build(new_project("after", "select 'orchardview.org' as domain")) == []


def test_a_build_imports_what_this_process_imports_and_knows_no_other_project(monkeypatch):
    monkeypatch.syspath_prepend("plugins")
    monkeypatch.setenv("DBT_TARGET", "production")
    of_process = environment()
    assert of_process["PYTHONPATH"].split(os.pathsep)[0] == str(Path("plugins").absolute())
    assert "DBT_TARGET" not in of_process
