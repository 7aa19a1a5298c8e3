"""Two analysts on one row: nobody's word is replaced unseen, no note changes its author, and undo undoes one's own."""

from __future__ import annotations

import re

import pytest

from squatwatch.labels.store import label_store
from squatwatch.settings import settings

LOGIN, VIP = "paypal|paypal-login.com", "paypal|paypal-vip.top"


@pytest.fixture
def uma(page):
    return page()


@pytest.fixture
def ben(page):
    return page(name="ben")


def history(detection_id: str = LOGIN) -> list[tuple]:
    return [(each.verdict, each.note, each.user_name) for each in label_store(settings()).history(detection_id)]


def seen(page, detection_id: str = LOGIN) -> dict[str, int]:
    """What the page that somebody loads says was judged last."""
    text = page.get("/?date=2026-11-07").text
    return {detection_id: int(re.search(rf'data-id="{re.escape(detection_id)}".*?data-seen="(\d+)"', text)[1])}


def test_a_verdict_that_was_not_seen_is_not_replaced(uma, ben):
    before = seen(ben)
    uma.judge("not_squat", LOGIN, note="a fan")
    answer = ben.post("/labels", verdict="squat", detection_ids=[LOGIN, VIP], seen=before)
    assert answer.status_code == 409
    said = answer.json()
    assert said["detail"] == "uma has judged paypal-login.com: Not a squat (a fan)"
    [now] = said["now"]
    assert (now["detection_id"], now["state"], now["note"], now["by"][:3]) == (LOGIN, "not_squat", "a fan", "uma")
    assert history() == [("not_squat", "a fan", "uma")] and history(VIP) == []  # none of them
    again = ben.judge("squat", LOGIN, VIP, seen=before | {LOGIN: now["seen"]})
    assert [each["state"] for each in again["now"]] == ["squat", "squat"]
    assert history()[-1] == ("squat", "", "ben")  # uma's note is uma's


def test_a_third_word_is_asked_about_anew(uma, ben, page):
    uma.judge("not_squat", LOGIN)
    now = ben.post("/labels", verdict="squat", detection_ids=[LOGIN]).json()["now"][0]
    page(name="eve").judge("own", LOGIN, seen={LOGIN: now["seen"]})
    answer = ben.post("/labels", verdict="squat", detection_ids=[LOGIN], seen={LOGIN: now["seen"]})
    assert answer.status_code == 409 and answer.json()["detail"].startswith("eve has judged")


def test_what_was_seen_may_be_judged_otherwise_with_a_note_of_one_s_own(uma, ben):
    uma.judge("watch", LOGIN, note="look again")
    ben.judge("squat", LOGIN, seen=seen(ben))
    assert history() == [("watch", "look again", "uma"), ("squat", "", "ben")]


def test_one_s_own_verdict_from_another_tab_is_no_conflict(uma):
    uma.judge("watch", LOGIN)
    uma.judge("squat", LOGIN, seen={LOGIN: 0})
    assert [verdict for verdict, *_ in history()] == ["watch", "squat"]


def test_what_a_colleague_took_back_unseen_is_asked_about_too(uma, ben):
    outcome = uma.judge("watch", LOGIN)
    before = seen(ben)
    uma.undo(outcome)
    answer = ben.post("/labels", verdict="squat", detection_ids=[LOGIN], seen=before)
    assert answer.status_code == 409 and answer.json()["detail"] == "uma has undone paypal-login.com"
    assert answer.json()["now"][0]["state"] == "new" and answer.json()["by"] == {LOGIN: "uma"}
    assert ben.judge("squat", LOGIN, seen=seen(ben))["now"][0]["state"] == "squat"


def test_who_saw_no_verdict_is_not_asked_about_one_that_is_gone_again(uma, ben):
    before = seen(ben)
    uma.undo(uma.judge("watch", LOGIN))
    assert ben.judge("squat", LOGIN, seen=before)["now"][0]["state"] == "squat"


def test_undo_leaves_a_later_word_of_a_colleague_unless_one_says_so(uma, ben):
    outcome = uma.judge("watch", LOGIN)
    ben.judge("squat", LOGIN, seen=seen(ben), note="a form")
    answer = uma.undo(outcome)
    assert answer.status_code == 409 and answer.json()["detail"] == "ben has judged paypal-login.com: Squat (a form)"
    assert history()[-1] == ("squat", "a form", "ben")
    answer = uma.undo(outcome, seen={LOGIN: answer.json()["now"][0]["seen"]})
    assert answer.status_code == 200 and answer.json()["now"][0]["state"] == "new"


def test_a_colleague_s_step_is_not_one_s_own(uma, ben):
    outcome = uma.judge("watch", LOGIN)
    assert ben.undo(outcome).status_code == 409 and history() == [("watch", "", "uma")]


def test_what_undo_restores_keeps_its_author_and_note(uma, ben):
    uma.judge("watch", LOGIN, note="look again")
    outcome = ben.judge("squat", LOGIN, seen=seen(ben), note="a form")
    [now] = ben.undo(outcome).json()["now"]
    assert (now["state"], now["note"], now["by"][:3]) == ("watch", "look again", "uma")
    assert history()[-1] == ("watch", "look again", "uma")


def test_undo_of_several_stops_where_one_has_been_judged_since(uma, ben):
    outcome = uma.judge("watch", LOGIN, VIP)
    ben.judge("squat", VIP, seen=seen(ben, VIP))
    assert uma.undo(outcome).status_code == 409
    assert [history(each)[-1][0] for each in (LOGIN, VIP)] == ["watch", "squat"]
    assert uma.undo({"labels": {LOGIN: outcome["labels"][LOGIN]}}).json()["now"][0]["state"] == "new"
