"""Training pairs come from popular names, by brand, without leaks."""

from __future__ import annotations

import numpy as np

from squatwatch_ml.training.data import pairs as making
from squatwatch_ml.training.data.labels import LabelledName as Name


def test_positives_are_imitations_that_the_candidate_step_finds() -> None:
    pairs = making.positive_pairs(["binance", "dhl"], 150, np.random.default_rng(1), ["garden"])
    assert set(pairs.brands) == {"binance", "dhl"}
    assert 200 < len(pairs.labels) <= 300
    assert pairs.target.tolist() == [1] * len(pairs.labels)
    assert not [label for label in pairs.labels if "finance" in label]  # a word of its own


def test_the_background_keeps_near_names_and_leaves_the_brand_itself_out() -> None:
    names = ["amazon", "amazonia", "amason", "garden", "my-amazon"]
    pairs = making.background_pairs(["amazon"], names, None, np.random.default_rng(1))
    assert sorted(pairs.labels) == ["amason", "amazonia", "my-amazon"]
    assert pairs.target.tolist() == [0, 0, 0]


def test_what_was_registered_around_one_brand_is_planted_around_others() -> None:
    labels = [Name("my-paypal-konto", "paypal", True), Name("paypai-konto", "paypal", True)]
    pairs = making.planted_pairs(labels, ["zalando", "vinted"], 5, np.random.default_rng(1))
    assert sorted(pairs.labels) == ["my-vinted-konto", "my-zalando-konto"]
    assert pairs.target.tolist() == [1, 1]


def test_what_cannot_be_planted_is_learnt_as_it_was_labelled() -> None:
    labels = [
        Name("my-paypal", "paypal", True),
        Name("paypai", "paypal", True),
        Name("papal", "paypal", False),
    ]
    pairs = making.labelled_pairs(making.not_planted(labels))
    assert list(zip(pairs.labels, pairs.target.tolist(), strict=True)) == [("paypai", 1), ("papal", 0)]


def test_of_many_background_names_some_are_drawn() -> None:
    names = [f"amazon-{number}" for number in range(50)]
    drawn = [making.background_pairs(["amazon"], names, 5, np.random.default_rng(seed)).labels for seed in (1, 1, 2)]
    assert [len(labels) for labels in drawn] == [5, 5, 5]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_share_of_the_names_that_contain_the_brand_may_be_left_out() -> None:
    names = [f"amazon{letter}" for letter in "bcdfghjklm"] + ["amazan", "amzon", "smazon", "amazonian"]
    pairs = making.background_pairs(["amazon"], names, None, np.random.default_rng(1), contained_share=0)
    assert sorted(pairs.labels) == ["amazan", "amazonian", "amzon", "smazon"]  # in a longer word it is no brand


def test_numbers_that_read_like_a_short_brand_are_background() -> None:
    pairs = making.number_pairs(["dhl", "santander"], 3, np.random.default_rng(1))
    assert pairs.brands == ["dhl"] * 3
    assert all(label.endswith("dh1") and label[0].isdigit() for label in pairs.labels)
    assert pairs.target.tolist() == [0, 0, 0]
