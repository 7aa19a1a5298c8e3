"""Trees as arrays: the same log-odds as LightGBM's, whose trees they are, and none that a row could get lost in."""

from __future__ import annotations

import numpy as np
import pytest

from squatwatch_ml.rank.opinions.trees import Tree, demand_sound, log_odds
from squatwatch_ml.training import fit_trees


def stump(**changes) -> Tree:
    """A tree of two splits on the numbers 0 and 1, with changes."""
    parts = {"features": [0, 1], "limits": [0.5, 0.5], "left": [1, -2], "right": [-1, -3], "values": [1.0, 2.0, 3.0]}
    return Tree(*(np.array(part) for part in {**parts, **changes}.values()))


def test_a_row_goes_left_up_to_the_limit():
    rows = np.array([[0.6, 0.0], [0.5, 0.5], [0.5, 0.6]])
    assert log_odds(rows, [stump()], 1).tolist() == [[1.0], [2.0], [3.0]]


def test_the_trees_of_classes_take_turns():
    trees = [stump(values=[float(turn)] * 3) for turn in (1, 10, 2, 20)]
    assert log_odds(np.zeros((1, 2)), trees, 2).tolist() == [[3.0, 30.0]]
    assert log_odds(np.zeros((0, 2)), trees, 2).shape == (0, 2)


def test_they_say_what_lightgbm_says(monkeypatch):
    lightgbm = pytest.importorskip("lightgbm")
    chance = np.random.default_rng(1)
    numbers = np.where(chance.random((900, 6)) < 0.3, 0.0, chance.normal(size=(900, 6)))  # many zeros, as memory has
    classes = (numbers[:, 1] * numbers[:, 3] > 0).astype(np.int64) + (numbers[:, 5] > 1)
    chosen = np.array([True, True, False, True, False, True])
    boosters = []
    train = lightgbm.train
    monkeypatch.setattr(
        lightgbm, "train", lambda *given, **named: boosters.append(train(*given, **named)) or boosters[0]
    )
    trees = fit_trees.fit_trees(numbers, classes, 3, np.ones(900), chosen)
    theirs = boosters[0].predict(numbers[:, chosen], raw_score=True)
    assert log_odds(numbers, trees, 3) == pytest.approx(theirs, abs=1e-3)
    assert len(trees) == 3 * fit_trees.ROUNDS
    assert {int(feature) for tree in trees for feature in tree.features} <= {0, 1, 3, 5}
    for tree in trees:
        demand_sound(tree, 6)


def test_rows_that_cannot_be_told_apart_have_trees_without_a_split():
    pytest.importorskip("lightgbm")
    trees = fit_trees.fit_trees(np.ones((90, 2)), np.arange(90) % 3, 3, np.ones(90), np.array([True, True]))
    assert np.ptp(log_odds(np.ones((1, 2)), trees, 3)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"left": [0, -2]}, "leads to no leaf"),  # round and round
        ({"right": [-1, 2]}, "leads to no leaf"),
        ({"right": [-4, -3]}, "leads to no leaf"),
        ({"features": [0, 2]}, "reads a number that is not there"),
        ({"features": [0, -1]}, "reads a number that is not there"),
        ({"values": [1.0, 2.0]}, "differ in length"),
        ({"limits": [0.5]}, "differ in length"),
        ({"values": [1.0, 2.0, float("nan")]}, "not finite"),
        ({"features": [], "limits": [], "left": [], "right": []}, "differ in length"),
    ],
)
def test_a_tree_in_which_a_row_could_get_lost_is_refused(changes, message):
    demand_sound(stump(), 2)
    with pytest.raises(ValueError, match=message):
        demand_sound(stump(**changes), 2)
