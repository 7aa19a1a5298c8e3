"""The day view: what is listed, counted, found, and said of a date."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

DAY = "2026-11-07"
NAMES = ["paypal-login[.]com", "arnazon[.]com", "pаypal[.]com", "paypal-vip[.]top"]


def test_the_day_s_detections_by_falling_score(page):
    assert page().rows("") == page().rows() == NAMES  # and nothing below its threshold


def test_a_name_is_shown_in_both_ways_of_writing_with_its_mark(page):
    text = page().get("/").text
    assert "xn--pypal-4ve[.]com" in text and "Latin + Cyrillic" in text
    assert "<mark>rn</mark>" in text and "<mark>а</mark>" in text
    assert "paypal-login.com" not in text.replace("paypal|paypal-login.com", "")


def test_what_was_seen_before_says_since_when(page):
    text = page().get("/").text
    first = text.split('data-name="paypal-login[.]com"')[1].split("</tr>")[0]
    assert ">2026-11-05<" in first and re.search("<dt>resemblance</dt>.*[+]2[.]5", first)


@pytest.mark.parametrize(
    "query, names",
    [
        ("?brand=amazon", ["arnazon[.]com"]),
        ("?technique=homoglyph", NAMES[1:3]),
        ("?technique=homoglyph&brand=paypal", NAMES[2:3]),
        ("?q=VIP", NAMES[3:]),
        ("?q=paypal-login[.]com", NAMES[:1]),
        ("?q=xn--pypal", NAMES[2:3]),
        ("?q=cyrillic", NAMES[2:3]),
        ("?state=new", NAMES),
        ("?state=New", NAMES),
        ("?state=squat", []),
        ("?q=100%25_'\"<>", []),
    ],
)
def test_filter_search_and_page(page, query, names):
    assert page().rows(f"{query}&date={DAY}") == names


def test_counts_are_links_and_leave_their_own_filter_out(page):
    text = page().get("/?brand=amazon").text
    assert "paypal <b>3</b>" in text and "amazon <b>1</b>" in text
    assert "homoglyph <b>1</b>" in text  # techniques of the chosen brand


@pytest.mark.parametrize(
    "date, runs, words",
    [
        ("2026-11-06", {}, "Nothing was found on this day"),
        ("2026-11-04", {}, "Nothing was run for this date"),
        ("2026-11-04", {"2026-11-04": "running"}, "This date is being run"),
        ("2026-11-04", {"2026-11-04": "failed"}, "This date failed"),
    ],
)
def test_states_of_a_date_are_told_apart(page, date, runs, words):
    from datetime import date as date_type

    runs = {date_type.fromisoformat(day): state for day, state in runs.items()}
    assert words in page(runs=runs).get(f"/?date={date}").text


def test_the_dates_to_pick_from_say_what_became_of_them(page):
    from datetime import date

    day = date(2026, 11, 7)
    runs = {day - timedelta(days=3): "running", day - timedelta(days=4): "failed", day: "failed"}
    strip = page(runs=runs).get("/").text.split("<ol>")[1].split("</ol>")[0]
    for words in ("2026-11-07: 4 flagged", "2026-11-06: ran, nothing found", "2026-11-05: 1 flagged"):
        assert f'title="{words}"' in strip  # what was published stands, though the last run failed
    for words in ("2026-11-04: running", "2026-11-03: failed", "2026-11-02: no run"):
        assert f'title="{words}"' in strip


def test_a_published_date_that_runs_again_still_shows_what_it_has(page):
    from datetime import date

    assert page(runs={date(2026, 11, 7): "running"}).rows() == NAMES


@pytest.mark.parametrize("date", ["yesterday", "2026-13-01", "0001-01-01", "9999-12-31"])
def test_what_is_no_date_is_refused(page, date):
    assert page().get(f"/?date={date}").status_code == 422


def test_nothing_was_published_yet(page, home):
    (home / "warehouse.duckdb").unlink()
    answer = page().get("/")
    assert answer.status_code == 200 and "Nothing was run for this date" in answer.text


def test_a_broken_warehouse_is_told_in_words(page, home):
    warehouse = home / "warehouse.duckdb"
    warehouse.unlink()
    warehouse.write_bytes(b"no database" * 1000)
    answer = page().get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 503 and "This cannot be shown" in answer.text and "squatwatch publish" in answer.text


def test_a_date_of_brands_that_are_no_longer_watched_shows_what_it_found(page, tmp_path, monkeypatch):
    from squatwatch.pipeline import publish_with
    from squatwatch.settings import settings

    path = tmp_path / "brands.csv"
    path.write_text("brand,brand_domain\nnetflix,netflix.com\n")
    monkeypatch.setenv("SQUATWATCH_BRANDS_FILE", str(path))
    settings.cache_clear()
    publish_with(settings(), "bilstm-1")
    text = page().get("/").text  # it still opens on the newest date with something to judge
    assert 'title="2026-11-07: 4 flagged"' in text and "Saturday, 7 November 2026" in text
    assert '<p class="state found">4 flagged</p>' in text and page().rows("") == NAMES
