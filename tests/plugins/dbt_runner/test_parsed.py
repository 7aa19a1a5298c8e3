"""What dbt knows of a project is kept for exactly that project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from squatwatch.dbt_runner.parsed import MOST_KEPT, PARSED, keep, kept_reading, take

VARIABLES = {"popular_rank": 10_000}


@pytest.fixture
def project(tmp_path) -> Path:
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("name: squatwatch")
    (folder / "models/candidates.sql").write_text("select 1")
    (folder / "target").mkdir()
    (folder / PARSED).write_bytes(b"as dbt left it")
    return folder


def test_reading_is_found_by_the_same_project_in_another_folder(project, tmp_path):
    keep(project, kept_reading(tmp_path / "cache", project, VARIABLES))
    other = project.rename(tmp_path / "moved")
    (other / PARSED).unlink()
    assert take(kept_reading(tmp_path / "cache", other, VARIABLES), other)
    assert (other / PARSED).read_bytes() == b"as dbt left it"


@pytest.mark.parametrize("change", ["a model", "a new test", "the brands", "a variable"])
def test_reading_is_not_found_by_another_project(project, tmp_path, change):
    keep(project, kept_reading(tmp_path / "cache", project, VARIABLES))
    variables = VARIABLES
    if change == "a model":
        (project / "models/candidates.sql").write_text("select 2")
    elif change == "a new test":
        (project / "no_name_is_short.sql").write_text("select 1")
    elif change == "the brands":
        (project / "brands.csv").write_text("brand,brand_domain")
    else:
        variables = {"popular_rank": 5_000}
    assert not take(kept_reading(tmp_path / "cache", project, variables), project)
    assert not (project / PARSED).exists()  # nor one that was left there


def test_names_of_files_count(project, tmp_path):
    before = kept_reading(tmp_path, project, VARIABLES)
    (project / "models/candidates.sql").rename(project / "models/set_aside.sql")
    assert kept_reading(tmp_path, project, VARIABLES) != before


def test_readings_used_last_are_kept(project, tmp_path):
    for number in range(MOST_KEPT + 2):
        kept = tmp_path / "cache" / f"{number}.msgpack"
        keep(project, kept)
        os.utime(kept, (number, number))
    take(tmp_path / "cache/2.msgpack", project)
    keep(project, tmp_path / "cache/new.msgpack")
    left = {path.stem for path in (tmp_path / "cache").iterdir()}
    assert len(left) == MOST_KEPT and {"2", "new"} <= left and "3" not in left
