"""Numbers that the SQL of the dbt project and Python share: the section `vars` of `dbt_project.yml` is their home."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml


class DriftLimits(NamedTuple):
    """Population stability indices: up to `still` scores lie where they lay, above `moved` they have moved."""

    still: float
    moved: float


def trailing_days(dbt_project: Path) -> int:
    """Return how many days before a date monitoring compares the date with."""
    return int(_variables(dbt_project)["trailing_days"])


def reregistration_gap_days(dbt_project: Path) -> int:
    """Return after how many days a name that is listed again was registered anew."""
    return int(_variables(dbt_project)["reregistration_gap_days"])


def budget_tolerance(dbt_project: Path) -> float:
    """Return how many times an alarm budget a day may raise while the budget counts as held."""
    return float(_variables(dbt_project)["budget_tolerance"])


def drift_limits(dbt_project: Path) -> DriftLimits:
    """Return the limits between which scores move a little."""
    variables = _variables(dbt_project)
    return DriftLimits(float(variables["score_psi_still"]), float(variables["score_psi_moved"]))


@cache
def _variables(project: Path) -> Mapping[str, Any]:
    variables: Mapping[str, Any] = yaml.safe_load((project / "dbt_project.yml").read_text("utf-8"))["vars"]
    return variables
