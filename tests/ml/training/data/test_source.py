"""Pseudo-brands and vocabulary, drawn from lists of popular names."""

from __future__ import annotations

import numpy as np
import pytest

from squatwatch_ml.text.skeleton import skeleton
from squatwatch_ml.training.data import source

POOL = ["paypal", "netflix", "santander", "amazon", "dhl", "icloud", "lcloud", "microsoft", "rnicrosoft", "telegram"]


@pytest.mark.parametrize("seed", range(20))
def test_a_brand_is_in_one_of_the_two_groups_only(seed: int) -> None:
    groups = source.split_brands(POOL, 8, np.random.default_rng(seed))
    looks = [skeleton(brand) for group in groups for brand in group]
    assert len(looks) == len(set(looks)) == 8  # icloud and lcloud look alike: never one here and one there
    assert [len(group) for group in groups] == [7, 1]


def test_too_few_brands_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        source.split_brands(["paypal"], 8, np.random.default_rng(0))


def test_words_are_what_stands_between_hyphens_often() -> None:
    labels = ["red-garden", "garden-shop", "my-garden", "the-garden", "garden", "shop-x1", "redgarden"]
    assert source.common_words(labels, least=4) == {"garden": 4}
