"""Vectors of words: words that stand beside the same words are alike."""

from __future__ import annotations

import random

import numpy as np
import pytest

from squatwatch_ml.rank.beside.fields import DIMENSIONS
from squatwatch_ml.training.words.vectors import FEWEST, fit_word_vectors, words_of_names

TRAVEL = "flights airline tickets travel hotel beach holiday island sunny cruise".split()
HOMES = "plumbing heating roofing kitchen bathroom garden fence carpet window garage".split()
MORE = "yoga school church music wine bakery dental lawyer camera puppy coffee guitar soccer".split()


def names() -> list[list[str]]:
    """Two thousand names of two words of one field."""
    chance = random.Random(1)
    return [chance.sample(chance.choice((TRAVEL, HOMES, MORE)), 2) for _ in range(2000)]


def cosine(vectors, first: str, second: str) -> float:
    one, other = vectors.of([first]), vectors.of([second])
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


def test_words_of_one_field_are_alike():
    vectors = fit_word_vectors(names())
    assert cosine(vectors, "flights", "hotel") > 0.1 + cosine(vectors, "flights", "plumbing")
    assert vectors.numbers.shape == (len(TRAVEL + HOMES + MORE), DIMENSIONS)
    assert vectors.numbers.mean(axis=0) == pytest.approx(0, abs=1e-6)


def test_the_order_of_names_changes_nothing():
    forwards, backwards = fit_word_vectors(names()), fit_word_vectors(names()[::-1])
    assert forwards.rows == backwards.rows and forwards.numbers == pytest.approx(backwards.numbers, abs=1e-5)


def test_a_text_without_known_words_has_no_vector():
    assert not fit_word_vectors(names()).of(["zzz"]).any()


def test_names_are_read_as_words():
    assert words_of_names(["cheapflights", "delta-plumbing", "xkqzvw", "garden", "a" * 50]) == [
        ["cheap", "flights"],
        ["delta", "plumbing"],
    ]


def test_too_few_words_are_told():
    with pytest.raises(ValueError, match=f"2 words stand in {FEWEST} names"):
        fit_word_vectors([["garden", "fence"]] * FEWEST)
