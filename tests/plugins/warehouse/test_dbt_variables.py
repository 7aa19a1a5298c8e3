"""Numbers of dbt_project.yml that Python reads, and those that the network's library, which knows no dbt, has too."""

from __future__ import annotations

from squatwatch.warehouse.dbt_variables import (
    budget_tolerance,
    drift_limits,
    reregistration_gap_days,
    trailing_days,
)
from squatwatch_ml.network.thresholds import TOLERANCE


def test_the_variables_are_read(settings):
    assert (trailing_days(settings.dbt_project), reregistration_gap_days(settings.dbt_project)) == (28, 30)
    assert drift_limits(settings.dbt_project) == (0.1, 0.25)


def test_a_budget_holds_by_one_rule(settings):
    assert budget_tolerance(settings.dbt_project) == TOLERANCE
