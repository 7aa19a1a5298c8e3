"""A date's rows from its own files are the warehouse's rows of the date."""

from __future__ import annotations

from datetime import date, timedelta

from squatwatch.review.day import rows
from squatwatch.review.day.rows import DetectionRow, published
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
    columns = ", ".join(DetectionRow._fields)
    sql = f"select {columns} from detections where run_date = ? order by score desc, domain, brand"
    expected = [DetectionRow(*values) for values in ask(settings.home, sql, [DAY])[1]]
    assert published(settings, DAY).rows == expected
    assert [(row.domain, row.first_seen_on, row.is_reregistered) for row in expected] == [
        ("paypal-gone.com", DAY - timedelta(days=40), True),
        ("paypal-login.com", DAY - timedelta(days=2), False),
    ]


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
