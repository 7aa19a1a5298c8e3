"""The article's protocol: names of both kinds in equal numbers, a fifth held out, nothing in both parts."""

from __future__ import annotations

import numpy as np
import pytest

from squatwatch_ml.baselines.balanced import Balanced, BrandError, balanced_names
from squatwatch_ml.baselines.measures import measures
from squatwatch_ml.text.names import suffix_of

REAL = [
    f"{word}{number}.{suffix}" for word in ("garden", "kitchen") for number in range(200) for suffix in ("de", "co.uk")
]


@pytest.fixture(scope="module")
def balanced() -> Balanced:
    return balanced_names("paypal", 300, seed=1, real=[*REAL, "paypal-help.com", "my-pay-pal.com", "paypall.de"])


def test_a_fifth_of_each_kind_is_held_out(balanced: Balanced) -> None:
    assert [len(part.labels) for part in (balanced.train, balanced.test)] == [480, 120]
    assert [part.target.mean() for part in (balanced.train, balanced.test)] == [0.5, 0.5]


def test_no_name_is_in_both_parts_or_twice_in_one(balanced: Balanced) -> None:
    assert not set(balanced.train.labels) & set(balanced.test.labels)
    assert len(set(balanced.train.labels)) == len(balanced.train.labels)


def test_real_names_that_contain_the_brand_are_nobodys_negatives() -> None:
    some = balanced_names("paypal", 300, seed=1, real=[*REAL[:60], "paypal-help.com", "my-pay-pal.com", "paypall.de"])
    names = {*some.train.labels, *some.test.labels}
    assert some.containing == 3
    assert not {"paypal-help", "my-pay-pal"} & names


def test_a_real_name_that_the_generator_makes_too_is_left_out_as_a_negative() -> None:
    typos = ["payal.com", "pypal.com", "papal.com", "payapl.com"]
    some = balanced_names("paypal", 2_000, seed=1, real=[*REAL[:100], *typos])
    made = {label for part in (some.train, some.test) for label in np.array(part.labels)[part.target == 1]}
    negatives = {label for part in (some.train, some.test) for label in np.array(part.labels)[part.target == 0]}
    assert some.generated > 0
    assert not made & negatives


def test_the_suffix_says_nothing_about_the_kind(balanced: Balanced) -> None:
    for kind in (0, 1):
        rows = np.nonzero(balanced.train.target == kind)[0]
        suffixes = [suffix_of(balanced.train.domains[at]) for at in rows]
        assert 0.35 < suffixes.count("de") / len(suffixes) < 0.65


def test_the_brand_itself_is_no_imitation_of_it(balanced: Balanced) -> None:
    assert "paypal" not in [*balanced.train.labels, *balanced.test.labels]


def test_the_same_seed_gives_the_same_names() -> None:
    first, second, other = (balanced_names("paypal", 50, seed, REAL) for seed in (1, 1, 2))
    assert first.test.domains == second.test.domains != other.test.domains


@pytest.mark.parametrize("brand", ["x", "vk", "лето", "h&m", ""])
def test_a_brand_that_cannot_be_imitated_is_named(brand: str) -> None:
    with pytest.raises(BrandError, match="three or more letters"):
        balanced_names(brand, 50, 1, REAL)


def test_too_few_names_are_an_error() -> None:
    with pytest.raises(BrandError, match="too few"):
        balanced_names("paypal", 5, 1, REAL)
    with pytest.raises(ValueError, match="real names are too few"):
        balanced_names("paypal", 50, 1, REAL[:4])


def test_measures_are_those_of_the_textbook() -> None:
    target, scores = np.array([1, 1, 1, 0, 0]), np.array([0.9, 0.8, 0.2, 0.5, 0.2])
    found = measures(scores, target, 0.5)
    assert found.precision == found.recall == found.f1 == pytest.approx(2 / 3)
    assert found.roc_auc == pytest.approx(4.5 / 6)  # of six pairs four in order, one tied


def test_measures_of_nothing_raised_are_no_numbers() -> None:
    found = measures(np.zeros(3), np.array([0, 0, 0]), 0.5)
    assert all(np.isnan(value) for value in found)
