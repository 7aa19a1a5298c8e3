"""Thresholds by kind of brand, and from an alarm budget: what a window of past days allows."""

from __future__ import annotations

import numpy as np
import pytest

from squatwatch_ml.network.thresholds import TOLERANCE, allowed_count, base_threshold, brand_kind, calibrate, holds

WEEK = 7


@pytest.mark.parametrize(
    ("brand", "kind"),
    [
        ("dhl", "short"),
        ("visa", "short"),
        ("d-h-l", "short"),  # hyphens are no letters
        ("淘宝", "short"),
        ("apple", "word"),
        ("chase", "word"),
        ("discover", "word"),
        ("orange", "word"),
        ("delta", "word"),  # no form of it is common, and still a word
        ("united", "word"),
        ("twitter", "word"),
        ("amazon", "name"),  # common, but the dictionary has it as a name
        ("sparkasse", "name"),  # a word of German only
        ("paypal", "name"),
        ("santander", "name"),
        ("netflix", "name"),
        ("coca-cola", "name"),
        ("билайн", "name"),
        ("wellsfargo", "name"),
    ],
)
def test_short_brands_and_words_are_told_from_names(brand, kind):
    assert brand_kind(brand) == kind


def test_each_kind_may_have_a_threshold_of_its_own_in_the_manifest():
    manifest = {"threshold": 0.5, "thresholds": {"name": 0.4, "word": 0.7, "short": 0.8}}
    assert [base_threshold(manifest, brand) for brand in ("paypal", "apple", "dhl")] == [0.4, 0.7, 0.8]


def test_a_manifest_with_one_threshold_has_it_for_all():
    assert {base_threshold({"threshold": 0.5}, brand) for brand in ("paypal", "apple", "dhl")} == {0.5}


def test_a_busy_brand_s_threshold_rises_until_the_window_keeps_to_the_budget():
    scores = np.arange(500, 600) / 1000  # a hundred names in a week, at 0.500 to 0.599
    threshold = calibrate(scores, WEEK, base=0.5, budget=2)
    assert (scores >= threshold).sum() == allowed_count(WEEK, 2) == 14
    assert threshold == pytest.approx(0.58501)  # just above the fifteenth


def test_a_quiet_brand_keeps_the_model_s_threshold():
    assert calibrate([0.9, 0.8, 0.7, 0.3, 0.2], WEEK, base=0.5, budget=2) == 0.5
    assert calibrate([], WEEK, base=0.5, budget=2) == 0.5


def test_names_of_equal_score_are_flagged_together_or_not_at_all():
    assert calibrate([0.9] * 3 + [0.8] * 20, WEEK, base=0.5, budget=1) == pytest.approx(0.80001)


def test_names_that_score_1_are_flagged_whatever_the_budget():
    """A wave of fifty squats that the network is sure of must not switch the alarm off."""
    assert calibrate([1.0] * 50, WEEK, base=0.5, budget=1) == 1.0


def test_few_days_allow_fewer_names_than_the_budget_itself():
    assert [allowed_count(days, 1) for days in (1, 2, 3, 5, 7, 14)] == [0, 0, 1, 4, 6, 14]
    assert [allowed_count(days, 3) for days in (1, 2, 3)] == [2, 5, 9]


@pytest.mark.parametrize(("budget", "days"), [(0.2, 14), (1, 3), (2, 3), (5, 3)])
def test_the_budget_holds_on_nine_later_days_of_ten(budget, days):
    """Brands with a Poisson number of names a day; looked at on one later day, or on as many as make one name."""
    rng = np.random.default_rng(7)
    span, held = max(1, round(1 / budget)), []
    for _ in range(2000):
        rate = rng.uniform(1, 10) * budget
        past = 0.5 + rng.random(rng.poisson(rate * days)) / 2
        later = 0.5 + rng.random(rng.poisson(rate * span)) / 2
        threshold = calibrate(past, days, base=0.5, budget=budget)
        held.append(holds((later >= threshold).sum() / span, budget))
    assert np.mean(held) > 0.9


def test_a_budget_holds_up_to_twice_its_size():
    assert holds(TOLERANCE * 3, 3) and not holds(TOLERANCE * 3 + 0.5, 3)


@pytest.mark.parametrize("budget", [0, -1, float("nan"), float("inf")])
def test_a_budget_that_is_none_is_refused(budget):
    with pytest.raises(ValueError, match="above 0, of names a day"):
        calibrate([0.9], WEEK, base=0.5, budget=budget)


def test_no_days_are_refused():
    with pytest.raises(ValueError, match="one day or more"):
        calibrate([], 0, base=0.5, budget=1)
