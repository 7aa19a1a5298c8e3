"""A date's rows from its own files are the warehouse's rows of the date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from squatwatch.review.day import rows
from squatwatch.review.day.rows import DetectionRow, Ranking, published
from squatwatch.warehouse.connection import ask

DAY = date(2026, 11, 7)


def test_they_say_what_detections_says_also_of_earlier_dates(dates, settings):
    for back, domains in (
        (40, ["paypal-gone.com"]),
        (2, ["paypal-login.com"]),
        (0, ["paypal-gone.com", "paypal-login.com"]),
    ):
        dates.write(DAY - timedelta(days=back), *domains)
    dates.publish()
    columns = ", ".join(name for name in DetectionRow._fields if name != "ranking")
    sql = f"select {columns} from detections where run_date = ? order by score desc, domain, brand"
    expected = [DetectionRow(*values) for values in ask(settings.home, sql, [DAY])[1]]
    assert published(settings, DAY).rows == expected
    assert [(row.domain, row.first_seen_on, row.is_reregistered) for row in expected] == [
        ("paypal-gone.com", DAY - timedelta(days=40), True),
        ("paypal-login.com", DAY - timedelta(days=2), False),
    ]


def test_what_the_ranker_made_of_them_is_theirs_where_they_were_ranked(dates, settings):
    """`wave_priority` is of the wave's names that are taken for the same."""
    dates.write(DAY, "paypal-1.com", "paypal-2.com", "paypal-fans.com", "paypal-new.com")
    chances = {"paypal-1.com": (0.6, 0.1), "paypal-2.com": (0.8, 0.1), "paypal-fans.com": (0.1, 0.7)}
    waves = {"wave_id": "w", "wave_size": 3, "brand": "paypal"}
    dates.write_rankings(
        DAY,
        [
            waves | {"domain": name, "squat": squat, "use": use, "taken_for": "use" if use > squat else "squat"}
            for name, (squat, use) in chances.items()
        ],
    )
    dates.publish()
    ranked = {row.domain: row.ranking for row in published(settings, DAY).rows}
    assert {name: ranking and ranking.wave_priority for name, ranking in ranked.items()} == {
        "paypal-1.com": pytest.approx(0.825),
        "paypal-2.com": pytest.approx(0.825),
        "paypal-fans.com": pytest.approx(0.275),
        "paypal-new.com": None,
    }
    assert ranked["paypal-2.com"] == Ranking(
        *map(pytest.approx, (0.8, 0.1, 0.1, 0.825)), "squat", 0, 0, 0, "", "w", 3, False, pytest.approx(0.825)
    )


def test_a_name_that_is_neither_flagged_nor_lifted_draws_its_wave_to_no_higher_place(dates, settings):
    squats = {"paypal-1.com": 0.6, "paypal-2.com": 0.7, "paypal-own.com": 0.95}
    excused = "paypal-own.com"
    dates.write_verdicts(DAY, [{"domain": name, "brand": "paypal", "is_detection": name != excused} for name in squats])
    wave = {"wave_id": "w", "wave_size": 3, "brand": "paypal", "use": 0.0}
    dates.write_rankings(DAY, [wave | {"domain": name, "squat": squat} for name, squat in squats.items()])
    dates.publish()
    leads = {row.domain: row.ranking and row.ranking.wave_priority for row in published(settings, DAY).rows}
    assert leads == dict.fromkeys(squats, 0.7)


def test_a_ranking_of_a_release_that_knew_no_priority_no_parts_and_no_lifted_names_is_ordered_by_squat(dates, settings):
    dates.write(DAY, "paypal-1.com")
    dates.write_rankings(DAY, [{"domain": "paypal-1.com", "brand": "paypal", "squat": 0.6, "use": 0.3}])
    earlier = dates.lake.read("rankings", DAY).drop("priority", "taken_for", "is_lifted")
    dates.lake.write("rankings", DAY, earlier)
    dates.publish()
    ranking = published(settings, DAY).rows[0].ranking
    assert ranking is not None and ranking.taken_for is None and ranking.is_lifted is False
    assert ranking.priority == ranking.wave_priority == 0.6


def test_a_publish_is_seen_at_once_and_nothing_is_read_twice(dates, settings, monkeypatch):
    dates.write(DAY, "paypal-login.com")
    dates.publish()
    assert len(published(settings, DAY).rows) == 1
    dates.write(DAY, "paypal-login.com", "paypal-vip.top")
    assert len(published(settings, DAY).rows) == 1  # until it is published
    dates.publish()
    assert len(published(settings, DAY).rows) == 2
    monkeypatch.setattr(rows, "connect", None)
    assert len(published(settings, DAY).rows) == 2
