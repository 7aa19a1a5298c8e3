from datetime import UTC, date, datetime

import pytest

from squatwatch.dates import parse_run_date
from squatwatch.errors import SquatwatchError


def test_a_run_date_is_written_as_iso():
    assert str(parse_run_date(" 2024-06-13 ")) == "2024-06-13"


@pytest.mark.parametrize(
    "text", ["13/06/2024", "2024-6-31", "20240613", "yesterday", "2024-06-13T00:00", "", "2023-02-29"]
)
def test_another_format_is_refused_with_an_example(text):
    with pytest.raises(SquatwatchError, match="write it as YYYY-MM-DD"):
        parse_run_date(text)


def test_a_date_in_the_future_is_refused():
    with pytest.raises(SquatwatchError, match="9999-01-01 is in the future"):
        parse_run_date("9999-01-01")


class Clock(datetime):
    """A clock that stands still."""

    moment: datetime

    @classmethod
    def now(cls, tz=None):
        return cls.moment.astimezone(tz)


@pytest.mark.parametrize(
    ("moment", "newest"),
    [
        (datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC), "2023-12-31"),
        (datetime(2024, 1, 1, 0, 0, 0, tzinfo=UTC), "2024-01-01"),
        (datetime(2024, 2, 29, 0, 0, 0, tzinfo=UTC), "2024-02-29"),
    ],
)
def test_a_date_begins_at_midnight_utc_whatever_the_machine_s_time_zone(monkeypatch, moment, newest):
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")  # fourteen hours ahead
    monkeypatch.setattr("squatwatch.dates.datetime", type("Clock", (Clock,), {"moment": moment}))
    assert parse_run_date(newest) == date.fromisoformat(newest)
    next_day = date.fromordinal(date.fromisoformat(newest).toordinal() + 1)
    with pytest.raises(SquatwatchError, match="is in the future"):
        parse_run_date(str(next_day))
