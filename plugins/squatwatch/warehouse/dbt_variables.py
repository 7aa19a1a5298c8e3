"""Numbers that the SQL of the dbt project and Python share: the section `vars` of `dbt_project.yml` is their home."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from squatwatch.settings import Settings


def trailing_days(settings: Settings) -> int:
    """Return how many days before a date monitoring compares the date with."""
    return _variables(settings.dbt_project)["trailing_days"]


def reregistration_gap_days(settings: Settings) -> int:
    """Return after how many days a name that is listed again was registered anew."""
    return _variables(settings.dbt_project)["reregistration_gap_days"]


@cache
def _variables(project: Path) -> Mapping[str, int]:
    variables: Mapping[str, int] = yaml.safe_load((project / "dbt_project.yml").read_text("utf-8"))["vars"]
    return variables
