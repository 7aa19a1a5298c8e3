"""Allowlist this: the analysts' list, who added what, what takes it back, and which dates are out of date then."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from squatwatch.lists.allowlist import allowlist_path, read_allowlist
from squatwatch.settings import read_settings, settings

LOGIN = "paypal|paypal-login.com"
ANOTHER = "paypal|paypal-vip.top"


def entries(home):
    with (home / "allowlist.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def domains():
    return read_allowlist(allowlist_path(settings()))["domain"].to_list()


def add(page, reason="a partner", **more):
    answer = page.post("/allowlist", **{"detection_id": LOGIN, "reason": reason} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def row_of(page, name="paypal-login[.]com", query="date=2026-11-07"):
    text = page.get(f"/?{query}").text
    return next((row for row in text.split("<tr data-id=") if f'data-name="{name}"' in row), "").split("</tr>")[0]


def test_the_first_entry_begins_the_list_with_the_seed(page, home):
    seed = read_allowlist(allowlist_path(settings()))
    assert add(page(), reason="  a partner's\nshop ", expires_on="2127-01-31")["entry"] == "paypal-login.com"
    assert allowlist_path(settings()) == home / "allowlist.csv"
    added = read_allowlist(home / "allowlist.csv").join(seed, on="domain", how="anti")
    assert added.rows() == [("paypal-login.com", "a partner's shop", date(2127, 1, 31))]
    assert {each["added_by"] for each in entries(home) if each["domain"] == "paypal-login.com"} == {"uma"}
    assert entries(home)[-1]["added_at"].endswith("Z") and not entries(home)[0]["added_by"]


def test_the_list_that_is_set_is_the_one_that_is_written(page, home, tmp_path, monkeypatch):
    path = tmp_path / "ours.csv"
    path.write_text("\ufeffReason,DOMAIN,team,expires_on\nours,a.com,red,\n", encoding="utf-8")
    monkeypatch.setenv("SQUATWATCH_ALLOWLIST_FILE", str(path))
    settings.cache_clear()
    add(page(), reason="a, partner")
    assert not (home / "allowlist.csv").exists()
    assert read_allowlist(path).rows() == [("a.com", "ours", None), ("paypal-login.com", "a, partner", None)]
    first, second = csv.DictReader(path.open(encoding="utf-8"))
    assert (first["team"], second["team"], second["added_by"]) == ("red", "", "uma")
    assert page().post("/allowlist/take-back", detection_id=LOGIN, entry="paypal-login.com").status_code == 200
    [left] = csv.DictReader(path.open(encoding="utf-8"))
    assert (left["domain"] if "domain" in left else left["DOMAIN"], left["team"]) == ("a.com", "red")


def test_an_expiry_that_is_past_is_refused_in_a_sentence(page):
    answer = page().post("/allowlist", detection_id=LOGIN, reason="ok", expires_on="2020-01-31")
    assert answer.json()["detail"] == "expires_on: 2020-01-31 is over; choose today or a later date, or none for ever"


@pytest.mark.parametrize(
    "what, status",
    [
        ({"reason": ""}, 422),
        ({"reason": "   "}, 422),
        ({"reason": "=1+1"}, 422),
        ({"reason": "x" * 301}, 422),
        ({"reason": "ok\u202ekcab"}, 422),
        ({"reason": "＝1+1"}, 422),
        ({"reason": "ok", "expires_on": "soon"}, 422),
        ({"reason": "ok", "expires_on": "2020-01-31"}, 422),
        ({"reason": "ok", "domain": "google.com"}, 422),
        ({"reason": "ok", "detection_id": "paypal|invented.com"}, 409),
        ({"reason": "ok", "entry": "google.com"}, 409),  # excuses another name
        ({"reason": "ok", "entry": "com"}, 409),  # would excuse everything
    ],
)
def test_what_does_not_fit_changes_nothing(page, home, what, status):
    assert page().post("/allowlist", **{"detection_id": LOGIN} | what).status_code == status
    assert not (home / "allowlist.csv").exists()


def test_a_list_that_is_broken_stays_as_it_is(page, home):
    (home / "allowlist.csv").write_text("domain,reason,expires_on\na.com,,\n")
    answer = page().post("/allowlist", detection_id=LOGIN, reason="ok")
    assert answer.status_code == 409 and f"{home / 'allowlist.csv'}, line 2" in answer.json()["detail"]
    assert (home / "allowlist.csv").read_text() == "domain,reason,expires_on\na.com,,\n"


def test_an_allowlisted_name_is_no_longer_new(page):
    somebody = page()
    [now] = add(somebody)["now"]
    assert (now["state"], now["excused_by"]) == ("allowlisted", "paypal-login.com")
    assert now["excuse"] == "allowlisted from the next run on: a partner"
    assert "paypal-login[.]com" not in somebody.rows("?date=2026-11-07&state=new")
    assert somebody.rows("?date=2026-11-07&state=allowlisted") == ["paypal-login[.]com"]
    row = row_of(somebody)
    assert 'data-state="allowlisted"' in row and "allowlisted from the next run on: a partner" in row
    assert "of 4 judged" in somebody.get("/").text and ">1</b> of 4 judged" in somebody.get("/").text
    somebody.judge("squat", LOGIN)
    assert 'data-state="squat"' in row_of(somebody)  # what a person says of the name stays said


def test_an_entry_is_taken_back(page):
    somebody = page()
    add(somebody)
    answer = page(name="ben").post("/allowlist/take-back", detection_id=LOGIN, entry="paypal-login.com")
    assert answer.status_code == 200 and answer.json()["now"][0]["state"] == "new"
    assert answer.json()["entries"][0]["added_by"] == "uma" and domains() == ["amazonwatch.org"]
    again = somebody.post("/allowlist/take-back", detection_id=LOGIN, entry="paypal-login.com")
    assert again.status_code == 409 and "not on the allowlist any more" in again.json()["detail"]


def test_undo_takes_only_the_entry_that_one_has_added(page):
    uma, ben = page(), page(name="ben")
    theirs, own = add(ben, reason="ben's"), add(uma, reason="uma's")
    undo = {"detection_id": LOGIN, "entry": "paypal-login.com"}
    of_ben = uma.post("/allowlist/take-back", **undo, added_at=theirs["entries"][0]["added_at"])
    assert of_ben.status_code == 409
    answer = uma.post("/allowlist/take-back", **undo, added_at=own["entries"][0]["added_at"])
    assert answer.status_code == 200 and "ben&#39;s" in row_of(uma) and "uma&#39;s" not in row_of(uma)


def test_a_name_that_a_run_has_set_aside_can_still_be_taken_back(page, home, new_dates, tmp_path, monkeypatch):
    dates = new_dates(tmp_path / "excused")
    verdict = {"domain": "paypal-login.com", "brand": "paypal", "is_detection": False}
    dates.write_verdicts(date(2026, 11, 7), [
        verdict | {"allowlist_reason": "analyst: a partner"},
        verdict | {"domain": "paypal.top", "allowlist_reason": "popular: rank <= 10000 in tranco10k"},
        verdict | {"domain": "paypal-low.top", "score": 0.2, "allowlist_reason": "analyst: a partner"},
    ])  # fmt: skip
    dates.publish()
    (tmp_path / "excused/allowlist.csv").write_text("domain,reason,expires_on\npaypal-login.com,a partner,\n")
    monkeypatch.setenv("SQUATWATCH_HOME", str(tmp_path / "excused"))
    settings.cache_clear()
    somebody = page()
    assert somebody.rows("?date=2026-11-07") == []
    assert somebody.rows("?date=2026-11-07&state=allowlisted") == ["paypal-login[.]com"]
    answer = somebody.post("/allowlist/take-back", detection_id=LOGIN, entry="paypal-login.com")
    assert answer.json()["now"][0]["state"] == "new"
    row = row_of(somebody, query="date=2026-11-07&state=new")
    assert "raises an alarm again from the next run on" in row


def test_the_page_says_what_is_out_of_date(page, home):
    somebody = page()
    add(somebody)
    text = somebody.get("/").text
    assert "the allowlist has changed" in text or "another" in text
    assert "squatwatch backfill --from 2026-11-07 --to 2026-11-07" in text


def test_the_answer_names_every_date_that_is_out_of_date(page, home, monkeypatch):
    from squatwatch import pipeline

    monkeypatch.setattr(pipeline, "model_version", lambda _: "bilstm-1")
    assert "out of date" not in page().get("/").text.split('id="stale" hidden')[0]
    stale = add(page())["stale"]
    assert stale["command"] == "squatwatch backfill --from 2026-11-05 --to 2026-11-07"
    assert stale["dates"].startswith("3 dates")


def test_the_seed_is_in_force_until_there_is_another_list(tmp_path):
    ours = read_settings(home=tmp_path)
    assert allowlist_path(ours) == ours.dbt_project / "seeds/allowlist.csv"
    (tmp_path / "allowlist.csv").write_text("domain,reason,expires_on\n")
    assert allowlist_path(ours) == tmp_path / "allowlist.csv"


def test_an_entry_is_added_where_nothing_can_say_which_dates_are_out_of_date(page, monkeypatch):
    from squatwatch.errors import SquatwatchError
    from squatwatch.review.day import freshness

    def no_model(settings):
        raise SquatwatchError("there is no model")

    monkeypatch.setattr(freshness, "stale_dates", no_model)
    assert add(page())["stale"] is None and "paypal-login.com" in domains()
