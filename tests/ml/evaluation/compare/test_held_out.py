"""Two networks on labels that neither has learnt: what is counted, what is near, what speaks against the new one."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from squatwatch_ml.evaluation.compare.held_out import held_out
from squatwatch_ml.training.data.labels import LabelledName as Label

SQUATS = [
    Label(f"{word}-paypal", "paypal", True) for word in ("login", "secure", "konto", "update", "verify", "billing")
]
OTHERS = [Label(f"{word}paypal", "paypal", False) for word in ("my", "why", "about", "thankyou", "worship", "history")]


def network(version: str, scores: dict[Label, float]):
    """Scores what it is told to, and flags from 0.5 on."""
    by_name = {(label.label, label.brand): score for label, score in scores.items()}
    return SimpleNamespace(
        model_version=version,
        score=lambda names, brands: np.array([by_name[pair] for pair in zip(names, brands, strict=True)]),
        base_threshold=lambda brand: 0.5,
    )


def compared(current: dict[Label, float], candidate: dict[Label, float], learnt=()):
    return held_out([network("old", current), network("new", candidate)], list(current), list(learnt))


def scores(squats, others):
    return dict(zip([*SQUATS, *OTHERS], [*squats, *others], strict=True))


def test_what_each_finds_and_raises_at_its_threshold_and_how_it_ranks():
    old = scores([0.9] * 6, [0.8] * 6)
    new = scores([0.9, 0.9, 0.9, 0.9, 0.4, 0.4], [0.1] * 5 + [0.6])
    rows = compared(old, new).tables[0].frame.filter(names="all").drop("names").rows()
    assert rows[0] == ("current: old", 12, 6, 6, 6, 0.5, 1.0, 1.0)
    assert rows[1] == ("candidate: new", 12, 6, 4, 1, 0.8, pytest.approx(2 / 3), pytest.approx(34 / 36))


def test_names_near_a_learnt_one_of_the_brand_are_counted_apart():
    """The same name under another suffix, or one of the same wave, says little of names to come."""
    all_right = scores([0.9] * 6, [0.1] * 6)
    learnt = [SQUATS[0], Label("secure1-paypal", "paypal", True), Label("konto-paypal", "adidas", True)]
    frame = compared(all_right, all_right, learnt).tables[0].frame
    assert frame.filter(names="near none learnt").select("labels", "squats").rows() == [(10, 4), (10, 4)]


@pytest.mark.parametrize(
    ("squats", "others", "objection"),
    [
        ([0.9] * 3 + [0.4] * 3, [0.1] * 6, "it finds 3 of 6 held-out squats instead of 6"),
        ([0.9] * 6, [0.6] * 3 + [0.1] * 3, "it raises 3 of 6 held-out names that are none instead of 0"),
    ],
)
def test_what_plainly_loses_squats_or_raises_others_is_objected_to(squats, others, objection):
    found = compared(scores([0.9] * 6, [0.1] * 6), scores(squats, others))
    assert found.objections == [objection]
    assert found.tables[1].frame.height == 3  # the names that changed


def test_two_of_them_are_for_a_person_to_weigh():
    assert compared(scores([0.9] * 6, [0.1] * 6), scores([0.9] * 4 + [0.4] * 2, [0.6] * 2 + [0.1] * 4)).objections == []


def test_no_labels_are_no_objection():
    found = compared({}, {})
    assert found.objections == [] and found.scores.height == 0
    assert found.tables[0].frame["ROC AUC"].to_list() == [None] * 4
