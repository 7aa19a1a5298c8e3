"""Pages are found by a place in the order: what is judged on one page never hides what stands on the next."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest

from squatwatch.review.day import paging
from squatwatch.review.day.paging import place_at, place_of
from squatwatch.settings import settings

DAY = date(2026, 11, 7)
NAMES = [f"paypal-{number:02}.com" for number in range(11)]


@pytest.fixture(scope="module")
def data_root(new_dates, tmp_path_factory):
    """One date with eleven names of one score."""
    dates = new_dates(tmp_path_factory.mktemp("many") / "data")
    dates.write(DAY, *NAMES)
    dates.publish()
    return dates.settings.home


@pytest.fixture
def somebody(page, monkeypatch):
    """The page with four names a page."""
    monkeypatch.setattr(paging, "PAGE", 4)
    settings.cache_clear()
    return page()


def names(page, query):
    return [name.replace("[.]", ".") for name in page.rows(query)]


def link(page, query, which):
    found = re.search(rf'id="{which}" href="([^"]*)"', page.get(f"/{query}").text)
    return unescape(found[1]) if found else None


def judge(page, names, verdict="not_squat"):
    page.judge(verdict, *[f"paypal|{name}" for name in names])


@pytest.mark.parametrize("state", ["new", ""])
def test_who_judges_a_page_and_goes_on_sees_every_name(somebody, state):
    seen, query = [], f"?date={DAY}&state={state}"
    while query:
        on_page, following = names(somebody, query), link(somebody, query, "next")
        judge(somebody, on_page)
        seen, query = seen + on_page, following
    assert seen == NAMES


def test_back_from_a_page_leads_to_what_is_left_before_it_filled_to_a_page(somebody):
    query = f"?date={DAY}&state=new"
    second = link(somebody, query, "next")
    judge(somebody, NAMES[:3])
    assert names(somebody, link(somebody, second, "previous")) == NAMES[3:7]
    assert "4 to 7 of 8" not in somebody.get(f"/{second}").text and "2 to 5 of 8" in somebody.get(f"/{second}").text


def test_where_nothing_is_left_after_a_place_the_rest_is_shown(somebody):
    third = link(somebody, link(somebody, f"?date={DAY}&state=new", "next"), "next")
    assert names(somebody, third) == NAMES[8:]
    judge(somebody, NAMES[8:])
    assert names(somebody, third) == NAMES[4:8]


def test_changed_names_that_are_settled_take_no_other_name_along(somebody):
    judge(somebody, NAMES[8:], "watch")
    look_up(NAMES[8:])
    assert names(somebody, f"?date={DAY}") == [*NAMES[8:], NAMES[0]]
    following = link(somebody, f"?date={DAY}", "next")
    judge(somebody, [*NAMES[8:], NAMES[0]], "squat")
    assert names(somebody, following) == NAMES[1:5]


@pytest.mark.parametrize("place", ["page 2", "1~x~a~b", "1~0.9", "~~~", "1~nan~a~b"])
def test_a_place_that_is_none_is_the_first_page(somebody, place):
    assert names(somebody, f"?date={DAY}&after={place}") == NAMES[:4]


def test_a_place_survives_its_link(somebody):
    from squatwatch.review.day.day import detections_of

    places = [place_of(detection) for detection in detections_of(settings(), DAY)]
    assert places and [place_at(place.as_text()) for place in places] == places


def look_up(names):
    from datetime import UTC, datetime

    from squatwatch.enrichment.lookup import Dns, Lookup, Rdap
    from squatwatch.enrichment.store import enrichment_store

    for hours, state in ((-1, "no_records"), (1, "resolves")):
        moment = datetime.now(UTC) + timedelta(hours=hours)
        lookups = [Lookup(name, moment, Dns(state), Rdap("unknown", "slow")) for name in names]
        enrichment_store(settings()).add(lookups)
