"""The dbt project as others read it: documented marts, seeds that pass their own checks, no stray package."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import yaml

from squatwatch.dbt_runner.build import dbt
from squatwatch.dbt_runner.server import OUTPUT
from squatwatch.lake.partitions import Lake
from squatwatch.lake.tables import REGISTRATIONS, REGISTRY

OUTPUTS = [table.name for table in REGISTRY.marts()]
PROJECT = Path(__file__).resolve().parents[2] / "dbt"
DESCRIBED = {
    model["name"]: model
    for path in PROJECT.glob("models/*/*.yml")
    for model in yaml.safe_load(path.read_text("utf-8")).get("models", [])
}
MODELS = sorted(path.stem for path in PROJECT.glob("models/*/*") if path.suffix in (".sql", ".py"))


@pytest.mark.parametrize("model", MODELS)
def test_description_of_a_model_ends_with_its_grain(model):
    assert re.search(r"\bOne row per [^.]+\.$", DESCRIBED[model]["description"].strip())


def test_tables_that_python_writes_are_described_once(monkeypatch):
    monkeypatch.syspath_prepend(PROJECT.parent / "scripts")
    import dbt_sources

    written = PROJECT / "models/warehouse"
    assert (written / "_sources.yml").read_text("utf-8") == dbt_sources.sources(), "run: python scripts/dbt_sources.py"
    assert (written / "columns.md").read_text("utf-8") == dbt_sources.columns(), "run: python scripts/dbt_sources.py"


def test_every_described_model_exists():
    assert sorted(DESCRIBED) == MODELS


def test_marts_are_what_transform_publishes():
    marts = {path.stem for path in PROJECT.glob("models/marts/*.sql")}
    assert marts == set(OUTPUTS)
    assert OUTPUTS[-1] == "candidates"  # the score step takes it as the sign that the others are there


@pytest.mark.parametrize("mart", OUTPUTS)
def test_grain_of_a_mart_is_tested_and_its_columns_have_types(mart):
    assert any("one_row_per" in test for test in DESCRIBED[mart]["data_tests"])
    assert DESCRIBED[mart]["config"]["contract"]["enforced"]
    assert all(column["data_type"] for column in DESCRIBED[mart]["columns"])


def test_sql_models_of_names_have_a_unit_test():
    """Python models cannot have one in dbt; what they call is tested with the rest of squatwatch_ml."""
    tested = {
        test["model"]
        for path in PROJECT.glob("models/*/*.yml")
        for test in yaml.safe_load(path.read_text("utf-8")).get("unit_tests", [])
    }
    models = {path.stem for folder in ("intermediate", "marts") for path in PROJECT.glob(f"models/{folder}/*.sql")}
    assert models - tested == {"int_names", "set_aside", "topics"}  # one select each


@pytest.mark.parametrize("mart", OUTPUTS)
def test_columns_of_a_mart_are_described_in_order(mart):
    """The last select of the model names its columns one a line."""
    select = (PROJECT / f"models/marts/{mart}.sql").read_text("utf-8").rsplit("\nselect\n", 1)[-1]
    select = select.removeprefix("select\n").split("\nfrom ")[0]
    written = [re.search(r"(\w+),?$", line).group(1) for line in select.splitlines()]
    columns = DESCRIBED[mart]["columns"]
    assert [column["name"] for column in columns] == written
    assert all(column["description"].strip() for column in columns)


def test_marts_are_described_in_plain_yaml():
    """The warehouse takes its comments from these files."""
    assert all(isinstance(column["description"], str) for mart in OUTPUTS for column in DESCRIBED[mart]["columns"])


def test_each_model_is_described_in_the_file_beside_it():
    for path in PROJECT.glob("models/*/[!_]*.yml"):
        properties = yaml.safe_load(path.read_text("utf-8"))
        described = {model["name"] for model in properties["models"]}
        assert described == {path.stem}
        assert {test["model"] for test in properties.get("unit_tests", [])} <= described


def test_no_package_hides_dbt():
    assert not list(PROJECT.rglob("__init__.py"))


def test_no_model_names_a_path_outside_the_build():
    for path in PROJECT.rglob("*.yml"):
        assert not re.search(r"(external_location|location|path): *['\"]?(/|\.\.|~)", path.read_text("utf-8")), path


def test_where_to_spill_is_set_once():
    """`settings` are set again for every query, and DuckDB refuses another folder, though the same, once it spilled."""
    targets = yaml.safe_load((PROJECT / "profiles.yml").read_text("utf-8"))["squatwatch"]["outputs"]
    assert {"transform", "warehouse"} <= targets.keys()
    for target in targets.values():
        assert "temp_directory" in target["config_options"] and "settings" not in target


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project, which dbt reads once."""
    folder = tmp_path_factory.mktemp("project") / "dbt"
    return shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("target", "logs"))


@pytest.mark.slow
@pytest.mark.parametrize(("age", "answer"), [(1, 0), (30, 1)])
def test_freshness_is_that_of_the_newest_date_loaded(project, tmp_path, age, answer):
    today = datetime.now(UTC).date()
    for days in (age, 500):
        registrations = pl.DataFrame(schema=REGISTRATIONS.schema).clear(1)
        Lake(tmp_path).write("registrations", today - timedelta(days=days), registrations)
    data = project.parent / "data"
    data.unlink(missing_ok=True)
    data.symlink_to(tmp_path)
    command = ["--quiet", "source", "freshness", "--profiles-dir", ".", "--vars", f"inputs: {data}"]
    assert dbt.invoke(project, command) == answer, (project / OUTPUT).read_text()
