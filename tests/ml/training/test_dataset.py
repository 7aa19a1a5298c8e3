"""Training pairs come from popular names, by brand, without leaks."""

from __future__ import annotations

import numpy as np
import pytest

from squatwatch_ml.text.skeleton import skeleton
from squatwatch_ml.training import dataset
from squatwatch_ml.training.labels import Label, Labels

POOL = ["paypal", "netflix", "santander", "amazon", "dhl", "icloud", "lcloud", "microsoft", "rnicrosoft", "telegram"]


def source(popular: list[str]) -> dataset.Source:
    return dataset.Source(popular, [], Labels([], 0, 0), POOL, ["garden"], "")


@pytest.mark.parametrize("seed", range(20))
def test_a_brand_is_in_one_of_the_two_groups_only(seed: int) -> None:
    groups = dataset.split_brands(POOL, 8, np.random.default_rng(seed))
    looks = [skeleton(brand) for group in groups for brand in group]
    assert len(looks) == len(set(looks)) == 8  # icloud and lcloud look alike: never one here and one there
    assert [len(group) for group in groups] == [7, 1]


def test_too_few_brands_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        dataset.split_brands(["paypal"], 8, np.random.default_rng(0))


def test_positives_are_imitations_that_the_candidate_step_finds() -> None:
    pairs = dataset.positive_pairs(["binance", "dhl"], 150, np.random.default_rng(1), source([]))
    assert set(pairs.brands) == {"binance", "dhl"}
    assert 200 < len(pairs.labels) <= 300
    assert pairs.target.tolist() == [1] * len(pairs.labels)
    assert not [label for label in pairs.labels if "finance" in label]  # a word of its own


def test_the_background_keeps_near_names_and_leaves_the_brand_itself_out() -> None:
    names = ["amazon", "amazonia", "amason", "garden", "my-amazon"]
    pairs = dataset.background_pairs(["amazon"], names, None, np.random.default_rng(1))
    assert sorted(pairs.labels) == ["amason", "amazonia", "my-amazon"]
    assert pairs.target.tolist() == [0, 0, 0]


def test_what_was_registered_around_one_brand_is_planted_around_others() -> None:
    labels = [Label("my-paypal-konto", "paypal", True), Label("paypai-konto", "paypal", True)]
    pairs = dataset.planted_pairs(labels, ["zalando", "vinted"], 5, np.random.default_rng(1))
    assert sorted(pairs.labels) == ["my-vinted-konto", "my-zalando-konto"]
    assert pairs.target.tolist() == [1, 1]


def test_what_cannot_be_planted_is_learnt_as_it_was_said() -> None:
    labels = [Label("my-paypal", "paypal", True), Label("paypai", "paypal", True), Label("papal", "paypal", False)]
    pairs = dataset.said_pairs(labels)
    assert list(zip(pairs.labels, pairs.target.tolist(), strict=True)) == [("paypai", 1), ("papal", 0)]


def test_of_many_background_names_some_are_drawn() -> None:
    names = [f"amazon-{number}" for number in range(50)]
    drawn = [dataset.background_pairs(["amazon"], names, 5, np.random.default_rng(seed)).labels for seed in (1, 1, 2)]
    assert [len(labels) for labels in drawn] == [5, 5, 5]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_share_of_the_names_that_contain_the_brand_may_be_left_out() -> None:
    names = [f"amazon{letter}" for letter in "bcdfghjklm"] + ["amazan", "amzon", "smazon", "amazonian"]
    pairs = dataset.background_pairs(["amazon"], names, None, np.random.default_rng(1), contained_share=0)
    assert sorted(pairs.labels) == ["amazan", "amazonian", "amzon", "smazon"]  # in a longer word it is no brand


def test_numbers_that_read_like_a_short_brand_are_background() -> None:
    pairs = dataset.number_pairs(["dhl", "santander"], 3, np.random.default_rng(1))
    assert pairs.brands == ["dhl"] * 3
    assert all(label.endswith("dh1") and label[0].isdigit() for label in pairs.labels)
    assert pairs.target.tolist() == [0, 0, 0]


def test_words_are_what_stands_between_hyphens_often() -> None:
    labels = ["red-garden", "garden-shop", "my-garden", "the-garden", "garden", "shop-x1", "redgarden"]
    assert dataset.common_words(labels, least=4) == {"garden": 4}
