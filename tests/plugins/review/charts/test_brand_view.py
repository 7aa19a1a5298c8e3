"""A brand's days: what was flagged, against which budget, and which days say nothing."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import SecretStr

from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store
from squatwatch.review.charts.brand_view import Brand, all_brands, detections_of, one_brand, weeks_of
from squatwatch.review.charts.reading import days_up_to, score_text


def test_a_day_has_its_count_a_quiet_day_zero_and_a_day_without_a_run_none(month):
    paypal = one_brand(month.settings, "paypal")
    by_day = dict(zip(paypal.days, paypal.counts, strict=True))
    assert len(by_day) == 30 and paypal.days[-1] == month.last
    assert by_day[month.last] == 6 and by_day[month.last - timedelta(days=1)] == 1
    assert by_day[month.gap] is None
    assert (paypal.total, paypal.budget) == (34, 2)
    klarna = one_brand(month.settings, "klarna")
    assert set(klarna.counts) == {0, None} and klarna.budget == 3  # the default


def test_brands_that_need_a_look_come_first(month):
    assert [(brand.name, brand.state) for brand in all_brands(month.settings)] == [
        ("paypal", "busy day"),
        ("klarna", "quiet"),
        (month.hostile, "not looked for"),  # found once, no longer in brands.csv
    ]


def test_the_state_says_how_the_days_stand_to_the_budget():
    def state(*counts, budget=2.0):
        days = days_up_to(date(2026, 1, 9), len(counts))
        scored = {day: count for day, count in zip(days, counts, strict=True) if count is not None}
        return Brand("paypal", budget, days[-1], scored, tolerance=2).state

    assert state(1, 2, 1) == "within budget"
    assert state(3, 2, 2) == "over budget"
    assert state(0, 0, 5) == "busy day"
    assert state(0, None, 4) == "within budget"  # twice the budget is held, and a day not scored is not counted
    assert state(0, None, 0) == "quiet"
    assert state(1, 1, 1, budget=None) == "not looked for"


def test_detections_have_the_word_of_the_analysts_beside_them(month):
    rows = detections_of(month.settings, one_brand(month.settings, "paypal"))
    assert len(rows) == 34
    assert (rows[0]["domain"], rows[0]["verdict"], rows[0]["user_name"]) == ("paypal-login-1105.com", "squat", "ana")
    assert rows[1]["verdict"] is None
    assert all(row["score"] >= 0.5 for row in rows)


def test_a_label_shows_before_the_next_publish(month, tmp_path):
    elsewhere = month.settings.model_copy(update={"database_url": SecretStr(f"sqlite:///{tmp_path}/other.db")})
    label_store(elsewhere).add([Label("paypal|paypal-vip-0.top", "paypal-vip-0.top", "paypal", "own", "bo")])
    said = {row["domain"]: row["verdict"] for row in detections_of(elsewhere, one_brand(elsewhere, "paypal"))}
    assert (said["paypal-vip-0.top"], said["paypal-login-1105.com"]) == ("own", None)


def test_weeks_count_scored_days_only(month):
    weeks = weeks_of(one_brand(month.settings, "paypal"))
    assert [value for _, value in weeks] == [1, 1, 1, 1, 12 / 7]
    assert weeks[-1][0] == month.last


def test_nothing_is_known_of_an_unknown_brand_or_without_dates(month, nothing_scored, settings):
    assert one_brand(month.settings, "pay") is None
    assert one_brand(month.settings, "paypal' or 1=1 --") is None
    for empty in (nothing_scored, settings):
        assert all_brands(empty) == [] and one_brand(empty, "paypal") is None


def test_scores_near_one_have_as_many_digits_as_it_takes():
    shown = {0.5: "0.5", 0.55: "0.55", 0.9: "0.9", 0.934: "0.934", 0.99: "0.99", 0.9997: "0.9997", 0.99996: "0.99996"}
    assert {score: score_text(score) for score in shown} == shown
    assert score_text(1) == "1" and score_text(0.9999999) != "1"
