"""Judging, undoing, many at once: labels are added, never changed, and what a detection is comes from the warehouse."""

from __future__ import annotations

from datetime import date

import pytest

from squatwatch.labels.store import label_store
from squatwatch.settings import settings

LOGIN, AMAZON, VIP = "paypal|paypal-login.com", "amazon|arnazon.com", "paypal|paypal-vip.top"


def history(detection_id: str) -> list[tuple]:
    return [(each.verdict, each.note, each.user_name) for each in label_store(settings()).history(detection_id)]


@pytest.mark.parametrize("verdict", ["squat", "not_squat", "watch", "own"])
def test_a_verdict_becomes_a_label_and_a_state(page, verdict):
    outcome = page().judge(verdict, LOGIN, note="seen it")
    assert outcome["now"][0]["state"] == verdict and outcome["judged"] == 1
    [label] = label_store(settings()).history(LOGIN)
    assert (label.domain, label.brand, label.user_name, label.note) == ("paypal-login.com", "paypal", "uma", "seen it")
    assert (label.run_date, label.model_version, label.score) == (date(2026, 11, 7), "bilstm-1", 0.99)
    assert page().rows(f"?date=2026-11-07&state={verdict}") == ["paypal-login[.]com"]


def test_a_new_verdict_keeps_one_s_own_note(page):
    page().judge("watch", LOGIN, note="look again")
    page().judge("squat", LOGIN)
    assert history(LOGIN) == [("watch", "look again", "uma"), ("squat", "look again", "uma")]


def test_undo_takes_back_and_restores_by_adding(page):
    somebody = page()
    first = somebody.judge("watch", LOGIN, note="hm")
    second = somebody.judge("squat", LOGIN, note="sure")
    assert somebody.undo(second).json()["now"][0]["state"] == "watch"
    assert somebody.undo(first).json()["now"][0]["state"] == "new"
    assert history(LOGIN) == [(each, note, "uma") for each, note in
                              (("watch", "hm"), ("squat", "sure"), ("watch", "hm"), (None, ""))]  # fmt: skip


def test_many_at_once(page):
    somebody = page()
    somebody.judge("watch", VIP)
    outcome = somebody.judge("not_squat", LOGIN, AMAZON, VIP, note="a wave")
    assert [now["state"] for now in outcome["now"]] == ["not_squat"] * 3 and outcome["judged"] == 3
    assert sorted(now["state"] for now in somebody.undo(outcome).json()["now"]) == ["new", "new", "watch"]


@pytest.mark.parametrize(
    "what, status",
    [
        ({"verdict": "squat", "detection_ids": [LOGIN, "paypal|invented.com"]}, 409),
        ({"verdict": "squat", "detection_ids": [LOGIN], "run_date": "2026-11-06"}, 409),
        ({"verdict": "evil", "detection_ids": [LOGIN]}, 422),
        ({"verdict": "squat", "detection_ids": []}, 422),
        ({"verdict": "squat", "detection_ids": [LOGIN], "note": "x" * 2001}, 422),
        ({"verdict": "squat", "detection_ids": [LOGIN], "score": 0.1}, 422),
        ({"verdict": "squat", "detection_ids": [LOGIN], "user_name": "ada"}, 422),
        ({"verdict": "squat", "detection_ids": [LOGIN], "seen": {LOGIN: -1}}, 422),
        ({"verdict": "squat", "detection_ids": [LOGIN], "seen": {LOGIN: "all"}}, 422),
    ],
)
def test_what_does_not_fit_is_refused_whole(page, home, what, status):
    assert page().post("/labels", **what).status_code == status
    assert not (home / "squatwatch.db").exists() or history(LOGIN) == []


@pytest.mark.parametrize("labels, status", [({}, 422), ({LOGIN: 99}, 409), ({"paypal|invented.com": 1}, 409)])
def test_what_was_never_said_cannot_be_undone(page, labels, status):
    page().judge("watch", LOGIN)
    assert page().post("/undo", labels=labels).status_code == status
    assert history(LOGIN) == [("watch", "", "uma")]


def test_what_was_judged_below_its_threshold_is_listed(page):
    page().judge("watch", "paypal|paypal-blog.net")
    assert "paypal-blog[.]net" in page().rows()


def test_a_row_that_is_listed_for_its_verdict_alone_is_answered_when_that_is_undone(page):
    outcome = page().judge("watch", "paypal|paypal-blog.net")
    [now] = page().undo(outcome).json()["now"]
    assert (now["name"], now["state"]) == ("paypal-blog[.]net", "new")
    assert "paypal-blog[.]net" not in page().rows()
