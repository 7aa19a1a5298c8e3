"""The plans and fixed tables that come with the package are those of the project as it is."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from squatwatch.dbt_runner.fixed import fixed_tables
from squatwatch.dbt_runner.kept import PACKAGED
from squatwatch.detect.transform import transform_build
from squatwatch.publish.publish import marts_build

PLANS = {path.name: path.read_text("utf-8") for path in PACKAGED.glob("*.json")}


def test_they_are_of_this_project_and_these_versions(settings):
    for build in (transform_build(settings, [date(2024, 6, 13)]), marts_build(settings)):
        plan = build.plan()
        assert plan and plan.nodes, "the dbt project, a package or the release has changed; run: make plans"


def test_a_date_is_built_with_the_packaged_tables(settings):
    """Only where another module or version would make others is a table made anew, in the data root."""
    build = transform_build(settings, [date(2024, 6, 13)])
    assert fixed_tables(build.plan(), build.project, {}, build.kept.folder, build.kept.packaged_tables) == (
        PACKAGED / "transform"
    ), "the project, a module that makes its fixed tables or a package has changed; run: make plans"


@pytest.mark.slow
def test_dbt_compiles_them_again_as_they_are(made_by_dbt):
    """Its unit tests run too: it is a data root's first build."""
    assert sorted(PLANS) == ["transform.json", "warehouse.json"]
    assert {path.name: path.read_text("utf-8") for path in made_by_dbt.glob("*.json")} == PLANS


@pytest.mark.slow
def test_the_tables_are_made_again_as_they_are(made_by_dbt):
    names = {path.name for path in PACKAGED.glob("transform/*.parquet")}
    assert len(names) == 4 and names == {path.name for path in made_by_dbt.glob("transform/*.parquet")}
    for name in names:
        packaged, made = (pl.read_parquet(folder / "transform" / name) for folder in (PACKAGED, made_by_dbt))
        assert packaged.equals(made), name
