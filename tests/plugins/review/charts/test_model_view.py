"""What reviews say of the models, and whether the scores move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from squatwatch.review.charts.model_view import Reviewed, distribution, drift, models


def test_precision_is_of_judged_names_by_model_and_technique(month):
    newest, before = models(month.settings)
    assert (newest.version, newest.date_count, newest.last) == ("bilstm-1", 20, month.last)
    assert newest.overall == Reviewed(flagged=25, squats=1, false_alarms=1)  # the third is on watch
    assert newest.techniques == [("combo", Reviewed(20, 1, 1)), ("addition", Reviewed(5))]
    assert newest.overall.precision == 0.5
    assert before.version == "bilstm-0" and before.overall.precision is None


def test_a_label_judges_every_model_that_flagged_the_name(new_dates, tmp_path, month):
    """The same name, scored again by a later model that does not flag it: the earlier model keeps its review."""
    from squatwatch.labels.label import Label
    from squatwatch.labels.store import label_store

    first = new_dates(tmp_path, "bilstm-1")
    first.write(month.last, "paypal-login.com")
    label_store(first.settings).add([Label("paypal|paypal-login.com", "paypal-login.com", "paypal", "squat", "ana")])
    second = new_dates(tmp_path, "bilstm-2")
    again = {"domain": "paypal-login.com", "brand": "paypal", "score": 0.4, "is_detection": False}
    second.write_verdicts(month.last, [again | {"scored_at": datetime(2026, 11, 26, tzinfo=UTC)}])
    second.publish()
    found = {model.version: (model.date_count, model.overall) for model in models(second.settings)}
    assert found == {"bilstm-1": (0, Reviewed(1, 1, 0)), "bilstm-2": (1, Reviewed())}


@pytest.mark.parametrize(
    ("squats", "false_alarms", "low", "high"), [(3, 0, 0.44, 1.0), (90, 10, 0.83, 0.94), (0, 5, 0.0, 0.43)]
)
def test_few_judged_names_say_little(squats, false_alarms, low, high):
    assert Reviewed(200, squats, false_alarms).interval == pytest.approx((low, high), abs=0.01)


def test_the_newest_date_s_scores_lie_beside_those_of_the_dates_before(month):
    found = distribution(month.settings)
    assert found.run_date == month.last and found.reference_dates == 19
    assert found.counts == [0, 0, 0, 1, 0, 0, 5, 0, 0, 1]
    assert found.flagged == [0, 0, 0, 0, 0, 0, 5, 0, 0, 1]
    assert found.usual == [0, 0, 0, 1, 0, 0, 0, 0, 0, 1]


def test_drift_has_a_place_for_every_day_and_a_value_where_there_is_something_to_compare(month):
    by_day = {row["run_date"]: row for row in drift(month.settings.home)}
    assert len(by_day) == 30
    assert by_day[month.gap]["score_psi"] is None and by_day[month.gap]["model_version"] is None
    assert by_day[month.last]["score_psi"] > by_day[month.last - timedelta(days=1)]["score_psi"]
    assert by_day[month.last - timedelta(days=19)]["score_psi"] is None  # the first that this model scored


def test_without_dates_there_is_nothing(nothing_scored, settings):
    for empty in (nothing_scored, settings):
        assert models(empty) == [] and distribution(empty) is None and drift(empty.home) == []
