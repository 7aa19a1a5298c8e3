"""Sightings: when a domain was listed, by all dates, in whatever order they came and however they changed since."""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl
import pytest

from squatwatch.publish.sightings import MOST_OUTSIDE, SCHEMA, update_sightings

NONE = pl.DataFrame(schema=SCHEMA)
FEBRUARY = [date(2024, 2, day) for day in range(1, 30)]  # a leap year


class Days:
    """Files of registrations and detections, as publishing hands them over: another content, another name."""

    def __init__(self, folder):
        self.folder, self.written = folder, 0
        self.registrations, self.detections = {}, {}

    def write(self, run_date, registered, detected):
        for files, table, domains in (
            (self.registrations, "registrations", [*registered, *detected]),
            (self.detections, "detections", detected),
        ):
            self.written += 1
            files[run_date] = self.folder / f"{table}-{self.written}.parquet"
            pl.DataFrame({"domain": domains}, schema={"domain": pl.String}).write_parquet(files[run_date])

    def update(self, before, *changed):
        return update_sightings(self.folder, before, changed, self.registrations, self.detections)


@pytest.fixture
def days(tmp_path):
    return Days(tmp_path)


def test_a_name_is_seen_on_every_date_that_lists_it_resembling_a_brand_then_or_not(days):
    days.write(FEBRUARY[0], ["paypal-login.com", "orchard.org"], [])  # before paypal was a brand
    days.write(FEBRUARY[28], [], ["paypal-login.com"])
    assert days.update(NONE, FEBRUARY[0], FEBRUARY[28]).rows() == [
        ("paypal-login.com", FEBRUARY[0]),
        ("paypal-login.com", FEBRUARY[28]),
    ]


def test_a_date_loaded_later_is_seen_all_the_same(days):
    days.write(FEBRUARY[28], [], ["paypal-login.com"])
    before = days.update(NONE, FEBRUARY[28])
    days.write(FEBRUARY[0], ["paypal-login.com"], [])
    assert days.update(before, FEBRUARY[0])["run_date"].to_list() == [FEBRUARY[0], FEBRUARY[28]]


def test_a_date_that_was_loaded_again_is_seen_as_it_is_now(days):
    days.write(FEBRUARY[0], ["paypal-login.com"], [])
    days.write(FEBRUARY[28], [], ["paypal-login.com"])
    before = days.update(NONE, FEBRUARY[0], FEBRUARY[28])
    days.write(FEBRUARY[0], ["orchard.org"], [])
    assert days.update(before, FEBRUARY[0]).rows() == [("paypal-login.com", FEBRUARY[28])]


@pytest.mark.parametrize("seed", range(5))
def test_step_by_step_in_any_order_is_the_same_as_all_at_once(days, tmp_path, seed):
    """Some weeks of three months, names that come back, dates that change: the indexes are made and made anew."""
    chance = random.Random(seed)
    names = [f"name{number}.com" for number in range(60)]
    dates = [date(2024, 1, 15) + timedelta(days=n) for n in range(60)]
    steps = dates + chance.sample(dates, 10)  # ten of them once more, with other names
    chance.shuffle(steps)
    sightings = NONE
    while steps:
        batch, steps = steps[:5], steps[5:]
        for run_date in batch:
            days.write(run_date, chance.sample(names, 8), chance.sample(names, 2))
        sightings = days.update(sightings, *batch)
    (tmp_path / "fresh").mkdir()
    at_once = update_sightings(tmp_path / "fresh", NONE, dates, days.registrations, days.detections)
    assert sightings.height > 300
    assert sightings.filter(pl.col("domain").is_in(at_once["domain"].unique().implode())).equals(at_once)


def test_a_month_has_one_index_and_days_that_are_not_in_it_yet_are_read_as_they_are(days):
    sightings = NONE
    for number, run_date in enumerate(FEBRUARY):
        days.write(run_date, ["again.com"] if number == 3 else [], [f"paypal{number}.com"])
        sightings = days.update(sightings, run_date)
        indexes = list((days.folder / "index").glob("2024-02-*.npy")) if number > MOST_OUTSIDE else []
        assert len(indexes) == (1 if number > MOST_OUTSIDE else 0)
    days.write(date(2024, 3, 1), [], ["again.com"])
    sightings = days.update(sightings, date(2024, 3, 1))
    assert sightings.filter(domain="again.com")["run_date"].to_list() == [FEBRUARY[3], date(2024, 3, 1)]


@pytest.mark.parametrize("lost", ["*", "*.npy", "*.json"])
def test_an_index_that_is_lost_or_damaged_is_made_anew(days, lost):
    for run_date in FEBRUARY:
        days.write(run_date, ["again.com"], ["paypal.com"])
    before = days.update(NONE, *FEBRUARY[:-1])
    for path in (days.folder / "index").glob(lost):
        path.write_bytes(b"")
    days.write(FEBRUARY[28], [], ["again.com"])
    sightings = days.update(before, FEBRUARY[28])
    assert sightings.filter(domain="again.com").height == len(FEBRUARY)
