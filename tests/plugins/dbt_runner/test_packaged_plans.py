"""The plans that come with the package are those of the project as it is."""

from __future__ import annotations

from datetime import date

import pytest

from squatwatch.dbt_runner.kept import PACKAGED
from squatwatch.detect.transform import transform_build
from squatwatch.publish.publish import marts_build

PLANS = {path.name: path.read_text("utf-8") for path in PACKAGED.glob("*.json")}


def test_they_are_of_this_project_and_these_versions(settings):
    for build in (transform_build(settings, [date(2024, 6, 13)]), marts_build(settings)):
        plan = build.plan()
        assert plan and plan.nodes, "the dbt project, a package or the release has changed; run: make plans"


@pytest.mark.slow
def test_dbt_compiles_them_again_as_they_are(made_by_dbt):
    """Its unit tests run too: it is a data root's first build."""
    assert sorted(PLANS) == ["transform.json", "warehouse.json"]
    assert {path.name: path.read_text("utf-8") for path in made_by_dbt.glob("*.json")} == PLANS
