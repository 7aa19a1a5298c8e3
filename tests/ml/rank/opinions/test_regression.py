"""Multinomial logistic regression against scikit-learn's, which tests and evaluations have."""

from __future__ import annotations

import numpy as np
import pytest

from squatwatch_ml.rank.opinions.regression import fit, probabilities


def test_it_finds_what_scikit_learn_finds():
    linear_model = pytest.importorskip("sklearn.linear_model")
    chance = np.random.default_rng(1)
    numbers = chance.normal(size=(600, 4))
    classes = (numbers @ chance.normal(size=(4, 3)) + chance.gumbel(size=(600, 3))).argmax(axis=1)
    weights = chance.uniform(0.5, 2, 600)
    ours = fit(numbers, classes, 3, weights, penalty=0.01)
    theirs = linear_model.LogisticRegression(C=1 / (0.01 * weights.sum()), max_iter=1000)
    theirs.fit(numbers, classes, sample_weight=weights)
    found = probabilities(numbers @ ours.weights + ours.intercepts)
    assert found == pytest.approx(theirs.predict_proba(numbers), abs=1e-3)


def test_a_number_with_a_high_penalty_is_hardly_used():
    numbers = np.array([[1.0, 1.0], [-1.0, -1.0]] * 20)
    line = fit(numbers, np.array([0, 1] * 20), 2, np.ones(40), penalty=np.array([10.0, 0.01]))
    assert abs(line.weights[0]).max() < 0.1 < abs(line.weights[1]).max()


def test_nothing_to_fit_on_is_said():
    with pytest.raises(ValueError, match="nothing to fit on"):
        fit(np.zeros((0, 2)), np.zeros(0, np.int64), 2, np.zeros(0), 0.1)
