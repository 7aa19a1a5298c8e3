"""Allowlist this: the analysts' list, what it began as, who added what, and which dates are out of date then."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from squatwatch.lists.allowlist import allowlist_path, read_allowlist
from squatwatch.settings import read_settings, settings

LOGIN = "paypal|paypal-login.com"


def entries(home):
    with (home / "allowlist.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_first_entry_begins_the_list_with_the_seed(page, home):
    seed = read_allowlist(allowlist_path(settings()))
    answer = page().post("/allowlist", detection_id=LOGIN, reason="  a partner's\nshop ", expires_on="2027-01-31")
    assert answer.status_code == 200 and answer.json()["domain"] == "paypal-login[.]com"
    assert allowlist_path(settings()) == home / "allowlist.csv"
    added = read_allowlist(home / "allowlist.csv").join(seed, on="domain", how="anti")
    assert added.rows() == [("paypal-login.com", "a partner's shop", date(2027, 1, 31))]
    assert {each["added_by"] for each in entries(home) if each["domain"] == "paypal-login.com"} == {"uma"}
    assert entries(home)[-1]["added_at"].endswith("Z") and entries(home)[0]["added_by"] == ""


def test_the_list_that_is_set_is_the_one_that_is_written(page, home, tmp_path, monkeypatch):
    path = tmp_path / "ours.csv"
    path.write_text("\ufeffReason,DOMAIN,team,expires_on\nours,a.com,red,\n", encoding="utf-8")
    monkeypatch.setenv("SQUATWATCH_ALLOWLIST_FILE", str(path))
    settings.cache_clear()
    assert page().post("/allowlist", detection_id=LOGIN, reason="a, partner").status_code == 200
    assert not (home / "allowlist.csv").exists()
    assert read_allowlist(path).rows() == [("a.com", "ours", None), ("paypal-login.com", "a, partner", None)]
    first, second = csv.DictReader(path.open(encoding="utf-8"))
    assert (first["team"], second["team"], second["added_by"]) == ("red", "", "uma")


@pytest.mark.parametrize(
    "what, status",
    [
        ({"reason": ""}, 422),
        ({"reason": "   "}, 422),
        ({"reason": "=1+1"}, 422),
        ({"reason": "x" * 301}, 422),
        ({"reason": "ok\u202ekcab"}, 422),
        ({"reason": "ok", "expires_on": "soon"}, 422),
        ({"reason": "ok", "domain": "google.com"}, 422),
        ({"reason": "ok", "detection_id": "paypal|invented.com"}, 409),
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


def test_the_page_says_what_is_out_of_date_and_marks_the_name(page, home):
    somebody = page()
    somebody.post("/allowlist", detection_id=LOGIN, reason="a partner")
    text = somebody.get("/").text
    assert "allowlisted from the next run on" in text.split('data-name="paypal-login[.]com"')[1].split("</tr>")[0]
    assert "the allowlist has changed" in text or "another" in text
    assert "squatwatch backfill --from 2026-11-07 --to 2026-11-07" in text


def test_the_answer_names_every_date_that_is_out_of_date(page, home, monkeypatch):
    from squatwatch import pipeline

    monkeypatch.setattr(pipeline, "model_version", lambda _: "bilstm-1")
    assert "out of date" not in page().get("/").text.split('id="stale" hidden')[0]
    stale = page().post("/allowlist", detection_id=LOGIN, reason="a partner").json()["stale"]
    assert stale["command"] == "squatwatch backfill --from 2026-11-05 --to 2026-11-07"
    assert stale["dates"].startswith("3 dates")


def test_the_seed_is_in_force_until_there_is_another_list(tmp_path):
    ours = read_settings(home=tmp_path)
    assert allowlist_path(ours) == ours.dbt_project / "seeds/allowlist.csv"
    (tmp_path / "allowlist.csv").write_text("domain,reason,expires_on\n")
    assert allowlist_path(ours) == tmp_path / "allowlist.csv"
