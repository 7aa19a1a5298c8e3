"""Another threshold, held against the last 30 days."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from squatwatch.lake.tables import THRESHOLDS
from squatwatch.lists.thresholds import write_thresholds
from squatwatch.review.charts.what_if import (
    Name,
    days_of_other_models,
    flagged_per_day,
    for_the_slider,
    judged,
    names_of,
    steps,
    threshold_in_force,
)

FIRST, SECOND = date(2026, 11, 4), date(2026, 11, 5)
NAMES = [
    Name("paypal-vip.top", SECOND, 0.95, "squat"),
    Name("paypal-login.com", FIRST, 0.8, "own"),
    Name("paypla.com", SECOND, 0.6),
]


@pytest.mark.parametrize(
    ("threshold", "counts"),
    [
        (0.6, [1, 2]),
        (0.6000001, [1, 1]),  # just above a score
        (0.8, [1, 1]),  # a score at the threshold is flagged
        (0.81, [0, 1]),
        (1.0, [0, 0]),
    ],
)
def test_what_a_threshold_would_have_flagged_each_day(threshold, counts):
    assert flagged_per_day(NAMES, [FIRST, SECOND], threshold) == counts


def test_what_analysts_said_of_the_names_that_stay():
    assert judged(NAMES, 0.5) == (1, 1)
    assert judged(NAMES, 0.9) == (1, 0)


def test_steps_are_round_finer_near_one_above_the_floor_and_have_the_threshold_in_force():
    choices = steps(0.1, 0.7312)
    assert choices[0] == 0.15 and choices[-1] == 1 and choices == sorted(choices)
    assert {0.5, 0.7312, 0.9, 0.95, 0.99, 0.995, 0.9999, 0.99999} < set(choices)
    assert not [step for step in choices if step != 0.7312 and step != float(f"{step:.5f}")]
    assert min(steps(0.4, 0.5)) == 0.45
    assert min(steps(0.4, 0.2)) == 0.4  # lower scores left no row


def test_the_slider_gets_counts_of_every_step_and_the_names_near_the_threshold_in_force():
    many = [Name(f"paypal{n}.com", SECOND, 1 - n / 1000) for n in range(1000)]
    sent = for_the_slider(many, [FIRST, SECOND], 0.1, 0.6)
    assert sent["steps"][sent["in_force"]] == {"threshold": 0.6, "text": "0.6", "counts": [0, 401], "judged": (0, 0)}
    assert len(sent["names"]) == 400 and sent["names"][200] == {
        "name": "paypal401[.]com",
        "score": 1 - 401 / 1000,
        "text": "0.59",
        "day": "05 Nov",
        "verdict": "",
    }


def test_names_of_a_brand_are_those_that_nothing_excuses(month):
    names = names_of(month.settings, "paypal", month.last)
    assert len(names) == 29 + 29 + 5
    assert "own-paypal.com" not in {name.domain for name in names}
    assert [name.score for name in names] == sorted((name.score for name in names), reverse=True)
    assert names[0] == Name("paypal-login-1105.com", month.last, 0.9, "squat")


def test_the_threshold_in_force_is_the_one_set_by_hand_else_calibrated_else_the_one_scored_with(month):
    settings = month.settings
    assert threshold_in_force(settings, "paypal", "bilstm-1").threshold == 0.5
    assert threshold_in_force(settings, "klarna", "bilstm-1") is None
    by_hand = settings.model_copy(update={"threshold": 0.7})
    assert threshold_in_force(by_hand, "klarna", "bilstm-1").threshold == 0.7


def test_a_calibrated_threshold_tells_its_window(new_dates, tmp_path):
    dates = new_dates(tmp_path)
    dates.write(SECOND, "paypal-login.com")
    row = {"brand": "paypal", "threshold": 0.8, "base_threshold": 0.5, "window_begins_on": FIRST, "day_count": 2}
    write_thresholds(dates.settings.home, "bilstm-1", pl.DataFrame([row], schema=THRESHOLDS.schema))
    dates.publish()
    found = threshold_in_force(dates.settings, "paypal", "bilstm-1")
    assert (found.threshold, found.origin) == (0.8, "calibrated: raised to keep the alarm budget")
    assert found.calibrated["window_begins_on"] == FIRST
    assert threshold_in_force(dates.settings, "paypal", "bilstm-2").origin.startswith("not calibrated")


def test_days_that_another_model_scored_are_told(month):
    assert days_of_other_models(month.settings.home, "bilstm-1", month.last) == 9
    assert days_of_other_models(month.settings.home, "bilstm-1", month.last + timedelta(days=60)) == 0
