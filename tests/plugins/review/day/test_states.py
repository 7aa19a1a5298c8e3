"""States as analysts know them."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from squatwatch.labels.label import Label
from squatwatch.labels.verdicts import Verdict
from squatwatch.review.day.states import STATE_WORDS, TO_JUDGE, state_of

DAY, BEFORE = date(2026, 11, 7), date(2026, 9, 1)


def seen(**changes):
    values = {"run_date": DAY, "score": 0.9, "threshold": 0.5, "is_detection": True, "is_reregistered": False}
    return SimpleNamespace(**values | {"model_version": "bilstm-1"} | changes)


def said(verdict, **changes):
    values = {"run_date": DAY, "model_version": "bilstm-1", "score": 0.9}
    return Label("id", "paypal-login.com", "paypal", verdict, "uma", **values | changes)


@pytest.mark.parametrize("verdict, state", [*zip(Verdict, Verdict, strict=True), (None, "new")])
def test_a_verdict_is_a_state(verdict, state):
    assert state_of(seen(), said(verdict)) == state and state in STATE_WORDS


def test_what_nobody_judged_is_new():
    assert state_of(seen(is_reregistered=True), None) == "new"


@pytest.mark.parametrize(
    "now, then",
    [
        (seen(is_reregistered=True), {"run_date": BEFORE}),  # dropped and registered anew
        (seen(model_version="bilstm-2"), {"score": 0.4}),  # another model flags it
    ],
)
@pytest.mark.parametrize("verdict", ["watch", "not_squat", "own"])
def test_changed_since_it_was_judged(now, then, verdict):
    assert state_of(now, said(verdict, **then)) == "changed"
    assert state_of(now, said(verdict, score=now.score, model_version=now.model_version)) == verdict


def test_a_confirmed_squat_that_was_registered_anew_is_changed():
    assert state_of(seen(is_reregistered=True), said("squat", run_date=BEFORE)) == "changed"


@pytest.mark.parametrize(
    "now, then",
    [
        (seen(), {"run_date": BEFORE}),  # a feed that repeats a name
        (seen(is_reregistered=True), {"run_date": None}),  # judged in a file, on no date
        (seen(model_version="bilstm-2"), {"score": 0.6}),  # another model, the same outcome
        (seen(model_version="bilstm-2", score=0.3), {}),  # another model agrees that it is none
        (seen(model_version="bilstm-2"), {"score": None}),
        (seen(), {"score": 0.4}),  # the same model, another threshold
    ],
)
def test_not_changed(now, then):
    assert state_of(now, said("not_squat", **then)) == "not_squat"


@pytest.mark.parametrize("score", [0.3, 0.9])
def test_a_person_knows_better_than_another_model_what_is_a_squat(score):
    assert state_of(seen(model_version="bilstm-2", score=score), said("squat", score=0.4)) == "squat"


@pytest.mark.parametrize(
    "label, woken, state",
    [
        (None, "", "allowlisted"),
        (said("watch"), "it has started to resolve", "allowlisted"),  # it would be changed
        (said("watch"), "", "watch"),  # a person's word stays
        (said("squat"), "", "squat"),
    ],
)
def test_what_the_allowlist_excuses_waits_for_nobody(label, woken, state):
    assert state_of(seen(), label, woken, is_excused=True) == state and state not in TO_JUDGE
