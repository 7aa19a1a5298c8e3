"""What is kept of a build is kept for exactly that project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from squatwatch.dbt_runner import kept as kept_module
from squatwatch.dbt_runner.kept import MOST_KEPT, READING, Kept, kept_of
from squatwatch.dbt_runner.plan import FORMAT, Plan
from squatwatch.dbt_runner.server import MADE_PLAN

VARIABLES = {"popular_rank": 10_000}


@pytest.fixture
def project(tmp_path) -> Path:
    """A project in which dbt has built."""
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("name: squatwatch")
    (folder / "models/candidates.sql").write_text("select 1")
    (folder / "target").mkdir()
    (folder / READING).write_bytes(b"as dbt left it")
    leave_plan(folder, kept(folder).key)
    return folder


def kept(project: Path, variables: dict[str, int] | None = None, fixed_inputs: str = "") -> Kept:
    cache = project.parent / "cache"
    return kept_of(project, "transform", variables or VARIABLES, fixed_inputs, cache)


def leave_plan(project: Path, key: str) -> None:
    plan = Plan(
        format=FORMAT, target="transform", key=key, database="memory", sources=[], threads=1, options={}, nodes=[]
    )
    (project / MADE_PLAN).write_text(plan.written())


def test_reading_and_plan_are_found_by_the_same_project_in_another_folder(project, tmp_path):
    kept(project).keep(project)
    other = project.rename(tmp_path / "moved")
    (other / READING).unlink()
    assert kept(other).put_reading(other)
    assert (other / READING).read_bytes() == b"as dbt left it"
    assert kept(other).plan()


@pytest.mark.parametrize(
    "change",
    [
        "a model",
        "a new test",
        "a new yaml",
        "a text",
        "a folder called logs",
        "a variable",
        "an input that never changes",
        "dbt",
        "us",
    ],
)
def test_neither_is_found_by_another_project(project, monkeypatch, change):
    kept(project).keep(project)
    variables, fixed_inputs = VARIABLES, ""
    if change == "a model":
        (project / "models/candidates.sql").write_text("select 2")
    elif change == "a new test":
        (project / "no_name_is_short.sql").write_text("select 1")
    elif change == "a new yaml":
        (project / "models/tests.yaml").write_text("models: []")
    elif change == "a text":
        (project / "models/columns.md").write_text("{% docs domain %}A name.{% enddocs %}")
    elif change == "a folder called logs":
        (project / "models/logs").mkdir()
        (project / "models/logs/names.sql").write_text("select 1")
    elif change == "a variable":
        variables = {"popular_rank": 5_000}
    elif change == "an input that never changes":
        fixed_inputs = "of another list"
    elif change == "dbt":
        monkeypatch.setattr(kept_module, "version", lambda package: "9.9" if package == "dbt-core" else "1.0")
    else:
        monkeypatch.setattr(kept_module, "__version__", "9.9.9")
    of_now = kept(project, variables, fixed_inputs)
    assert of_now.plan() is None
    assert not of_now.put_reading(project)
    assert not (project / READING).exists()  # nor one that was left there


def test_lists_are_inputs_and_do_not_count(project):
    kept(project).keep(project)
    (project / "seeds").mkdir()
    (project / "seeds/brands.csv").write_text("brand,brand_domain")
    assert kept(project).plan()


def test_what_somebody_s_own_dbt_leaves_does_not_count(project):
    kept(project).keep(project)
    (project / ".user.yml").write_text("id: somebody")
    (project / "target/compiled/models").mkdir(parents=True)
    (project / "target/compiled/models/candidates.sql").write_text("select 1")
    assert kept(project).plan()


def test_names_of_files_count(project):
    before = kept(project).key
    (project / "models/candidates.sql").rename(project / "models/set_aside.sql")
    assert kept(project).key != before


@pytest.mark.parametrize("damage", ["cut off", "altered", "no plan", "of another format"])
def test_plan_that_is_damaged_is_none(project, damage):
    kept(project).keep(project)
    path = kept(project).folder / MADE_PLAN.name
    text = path.read_text()
    if damage == "of another format":
        leave_plan(project, kept(project).key)
        other = Plan(
            format=FORMAT + 1,
            target="a",
            key=kept(project).key,
            database="memory",
            sources=[],
            threads=1,
            options={},
            nodes=[],
        )
        path.write_text(other.written())
    else:
        damaged = {"cut off": text[:-40], "altered": text.replace("transform", "warehouse"), "no plan": "nothing"}
        path.write_text(damaged[damage])
    assert kept(project).plan() is None


def test_what_was_used_last_is_kept(project):
    folders = [project.parent / "cache" / f"{number}" for number in range(MOST_KEPT + 2)]
    for number, folder in enumerate(folders):
        Kept(folder, project / "none").keep(project)
        os.utime(folder, (number, number))
    Kept(folders[2], project / "none").put_reading(project)
    Kept(project.parent / "cache/new", project / "none").keep(project)
    left = {path.name for path in (project.parent / "cache").iterdir()}
    assert len(left) == MOST_KEPT and {"2", "new"} <= left and "3" not in left
