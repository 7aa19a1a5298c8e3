"""A date that was ranked: the likeliest squats first, a wave as one, uses and others at the end, and why."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from squatwatch.review.day import paging

DAY = date(2026, 11, 7)
EARLIER = DAY - timedelta(days=1)
HOSTILE = "<script>window.hacked=1</script>"
# domain, score, squat, use, wave
NAMES = [
    ("paypal-shop-1.com", 0.99, 0.80, 0.1, "w1"),
    ("paypal-login.com", 0.90, 0.95, 0.0, None),
    ("paypal-shop-2.com", 0.98, 0.97, 0.0, "w1"),
    ("paypal-fans.net", 0.999, 0.20, 0.7, None),
    ("paypal-news.net", 0.70, 0.10, 0.8, None),
    ("paypal-shop-3.com", 0.60, 0.20, 0.1, "w1"),
    ("papal.org", 0.995, 0.30, 0.1, "w2"),  # the other name of its wave is not flagged
    ("payepal.org", 0.997, 0.05, 0.1, None),
]


def ranking(domain, squat, use, wave):
    said = {"wave_id": wave, "wave_size": 14 if wave else 1, "note": f"like 14 names judged {HOSTILE}: `a.com`"}
    taken_for = "use" if use > squat else "squat"
    taken_for = "other" if squat + use <= 0.2 else taken_for
    said |= {"component_memory": -1.2, "taken_for": taken_for}
    return {"domain": domain, "brand": "paypal", "squat": squat, "use": use} | said


@pytest.fixture(scope="module")
def data_root(new_dates, tmp_path_factory):
    """Two dates with the same names, of which the later one was ranked."""
    dates = new_dates(tmp_path_factory.mktemp("ranked") / "data")
    for day in (EARLIER, DAY):
        dates.write_verdicts(day, [{"domain": name, "brand": "paypal", "score": score} for name, score, *_ in NAMES])
    dates.write_rankings(DAY, [ranking(name, squat, use, wave) for name, _, squat, use, wave in NAMES])
    dates.publish()
    return dates.settings.home


def names(page, query=f"?date={DAY}"):
    return [name.replace("[.]", ".") for name in page.rows(query)]


IN_ORDER = [
    "paypal-shop-2.com", "paypal-shop-1.com", "paypal-shop-3.com", "paypal-login.com", "papal.org",
    "paypal-fans.net", "paypal-news.net", "payepal.org",
]  # fmt: skip


def test_the_likeliest_squats_come_first_with_their_wave_and_uses_and_others_last(page):
    assert names(page()) == IN_ORDER


def test_a_date_that_was_not_ranked_is_in_the_order_of_scores_and_says_nothing_of_it(page):
    by_score = sorted(NAMES, key=lambda name: -name[1])
    somebody = page()
    assert names(somebody, f"?date={EARLIER}") == [name for name, *_ in by_score]
    html = somebody.get(f"/?date={EARLIER}").text
    assert not re.search("class=.unfold|class=.ranking|% · use", html)


def test_a_row_says_the_three_chances_and_why(page):
    html = page().get(f"/?date={DAY}").text
    assert "squat 97 % · use 0 % · other 3 %" in html
    assert "like 14 names judged &lt;script&gt;" in html and HOSTILE not in html
    assert html.count("<dt>memory</dt>") == len(NAMES) and "<dt>wave</dt>" not in html  # what moved nothing is left out


def test_a_wave_is_folded_behind_its_first_name_and_uses_and_others_behind_lines(page):
    html = page().get(f"/?date={DAY}").text
    bodies = re.findall(r'<tbody class="(\w+)">(.*?)</tbody>', html, re.DOTALL)
    assert [(kind, body.count("data-id")) for kind, body in bodies] == [
        ("wave", 3),
        ("alone", 2),
        ("uses", 2),
        ("others", 1),
    ]
    assert html.count("wave of 14 names like this, 3 here") == 1
    assert "2 more likely use a brand than imitate it" in html and "1 most likely means something else" in html
    assert html.count('class="unfold"') == 3 and not re.search('class="unfold"[^>]* checked', html)


def test_what_was_searched_is_not_folded(page):
    html = page().get(f"/?date={DAY}&q=paypal").text
    assert len(re.findall('class="unfold"[^>]* checked', html)) == 3


def test_notes_of_the_ranking_are_searched(page):
    assert len(names(page(), f"?date={DAY}&q=like 14 names")) == len(NAMES)


def test_a_viewer_cannot_select_a_wave(page):
    assert 'data-act="selectWave"' in page().get(f"/?date={DAY}").text
    assert 'data-act="selectWave"' not in page(role="VIEWER").get(f"/?date={DAY}").text


def test_a_wave_is_judged_as_one(page):
    somebody = page()
    somebody.judge("squat", *(f"paypal|paypal-shop-{number}.com" for number in (1, 2, 3)))
    assert names(somebody, f"?date={DAY}&state=squat") == IN_ORDER[:3]
    assert names(somebody) == IN_ORDER  # where they were


@pytest.mark.parametrize("most", [1, 2, 3])
def test_pages_of_a_ranked_date_lead_from_the_first_name_to_the_last(page, monkeypatch, most):
    monkeypatch.setattr(paging, "PAGE", most)
    somebody, seen, query = page(), [], f"?date={DAY}"
    while query:
        seen += names(somebody, query)
        found = re.search(r'id="next" href="([^"]*)"', somebody.get(f"/{query}").text)
        query = found and found[1].replace("&amp;", "&")
    assert seen == IN_ORDER
