"""Names below their threshold that are lifted: they stand in their wave, and are judged and allowlisted like others."""

from __future__ import annotations

import re
from datetime import date

import pytest

DAY = date(2026, 11, 7)
NOTE = "lifted: 2 of 4 names alike on this day are flagged"
# domain, score, squat, use
FLAGGED = [("paypal-shop-1.com", 0.99, 0.9, 0.0), ("paypal-shop-2.com", 0.98, 0.8, 0.0)]
LIFTED = [("paypal-shop-3.com", 0.3, 0.85, 0.0), ("paypal-shop-4.com", 0.2, 0.7, 0.0)]
IN_ORDER = ["paypal-shop-1.com", "paypal-shop-3.com", "paypal-shop-2.com", "paypal-shop-4.com", "paypal-login.com"]


@pytest.fixture(scope="module")
def data_root(new_dates, tmp_path_factory):
    """A wave of four names, two of them lifted; one that is flagged alone, and one that is not lifted."""
    dates = new_dates(tmp_path_factory.mktemp("lifted") / "data")
    alone = [("paypal-login.com", 0.9, 0.6, 0.0), ("paypal-blog.net", 0.3, 0.1, 0.0)]
    dates.write_verdicts(
        DAY,
        [
            {"domain": name, "brand": "paypal", "score": score, "is_detection": score >= 0.5}
            for name, score, *_ in (*FLAGGED, *LIFTED, *alone)
        ],
    )
    wave = {"wave_id": "w1", "wave_size": 4}
    more = {
        **dict.fromkeys((name for name, *_ in FLAGGED), wave),
        **dict.fromkeys((name for name, *_ in LIFTED), wave | {"is_lifted": True, "note": NOTE}),
    }
    dates.write_rankings(
        DAY,
        [
            {"domain": name, "brand": "paypal", "squat": squat, "use": use} | more.get(name, {})
            for name, _, squat, use in (*FLAGGED, *LIFTED, *alone)
        ],
    )
    dates.publish()
    return dates.settings.home


def names(page, query=""):
    return [name.replace("[.]", ".") for name in page.rows(f"?date={DAY}{query}")]


def row_of(page, name, query=""):
    rows = page.get(f"/?date={DAY}{query}").text.split("<tr data-id=")
    return next((row for row in rows if f'data-alabel="{name.replace(".", "[.]")}"' in row), "").split("</tr>")[0]


def allowlist(page, name):
    assert page.post("/allowlist", detection_id=f"paypal|{name}", reason="a partner").status_code == 200


def test_lifted_names_stand_in_their_wave_and_say_why(page):
    somebody = page()
    assert names(somebody) == IN_ORDER
    assert "wave of 4 names like this, 2 lifted" in row_of(somebody, "paypal-shop-1.com")
    lifted, flagged = (row_of(somebody, name) for name in ("paypal-shop-3.com", "paypal-shop-2.com"))
    assert ">lifted</span>" in lifted and NOTE in lifted and "below the threshold</span>" not in lifted
    assert ">lifted</span>" not in flagged and 'data-state="new"' in lifted


def test_a_wave_is_judged_with_its_lifted_names(page):
    somebody = page()
    somebody.judge("squat", *(f"paypal|{name}" for name in IN_ORDER[:4]))
    assert names(somebody, "&state=squat") == IN_ORDER[:4]
    assert re.search(r'<b id="judged">4</b> of 5 judged', somebody.get(f"/?date={DAY}").text)


def test_a_lifted_name_that_is_allowlisted_is_under_that_state_alone_until_it_is_taken_off(page):
    somebody, name = page(), LIFTED[0][0]
    allowlist(somebody, name)
    assert name not in names(somebody) and names(somebody, "&state=allowlisted") == [name]
    assert "allowlisted" in row_of(somebody, name, "&state=allowlisted")
    assert "1 lifted" in row_of(somebody, "paypal-shop-1.com")
