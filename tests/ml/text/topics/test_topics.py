"""Topics: groups of terms that go together are found, in one order, whatever the order of the names."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from squatwatch_ml.text.topics.topics import find_topics, varimax

# clo and oud go together, and vid and deo; two names have cloud, three video, one both
NAMES = [[1, 1, 0, 0], [2, 2, 0, 0], [0, 0, 2, 2], [0, 0, 2, 2], [0, 0, 1, 2], [1, 1, 1, 1]]


def topics_of(names: list[list[float]], count: int) -> np.ndarray:
    return find_topics(sparse.csr_array(np.array(names, float)), count)


def test_terms_that_go_together_are_a_topic():
    video, cloud = topics_of(NAMES, 2)
    assert np.abs(cloud[:2]).min() > 0.6 and np.abs(cloud[2:]).max() < 0.1
    assert np.abs(video[2:]).min() > 0.6 and np.abs(video[:2]).max() < 0.1


def test_topics_have_length_one_and_stand_at_right_angles():
    loadings = topics_of(NAMES, 3)
    assert loadings @ loadings.T == pytest.approx(np.eye(3), abs=1e-9)


def test_topic_that_says_most_comes_first_and_its_strongest_term_is_positive():
    names = np.array(NAMES, float)
    loadings = topics_of(NAMES, 3)
    said = ((names @ loadings.T) ** 2).sum(axis=0)
    assert list(said) == sorted(said, reverse=True)
    assert all(topic[np.abs(topic).argmax()] > 0 for topic in loadings)


def test_order_of_the_names_makes_no_difference():
    assert topics_of(NAMES[::-1], 2) == pytest.approx(topics_of(NAMES, 2), abs=1e-9)


def test_topics_are_within_the_space_of_the_first_singular_vectors():
    _, _, vectors = np.linalg.svd(np.array(NAMES, float))
    loadings = topics_of(NAMES, 2)
    assert loadings.T @ loadings == pytest.approx(vectors[:2].T @ vectors[:2], abs=1e-9)


def test_fewer_terms_than_topics_are_fewer_topics():
    assert topics_of([[1, 0], [0, 2]], 5).shape == (2, 2)


def test_varimax_turns_two_directions_back_to_the_axes():
    angle = 0.3
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)], [0, 0]])
    assert np.abs(varimax(turned)).round(6).tolist() == [[1, 0], [0, 1], [0, 0]]
