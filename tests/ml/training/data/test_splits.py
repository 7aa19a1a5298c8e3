"""Nothing that figures are given for has been learnt from."""

from __future__ import annotations

import itertools
import json
from importlib.resources import files
from pathlib import Path

import pytest

from squatwatch_ml.text.skeleton import skeleton
from squatwatch_ml.training.data.source import brand_pool
from squatwatch_ml.training.data.splits import (
    DAYS,
    day_of,
    evaluated_brands,
    learnable,
    may_learn_from,
    role_of_brand,
    role_of_day,
)


@pytest.fixture(scope="module")
def manifest() -> dict:
    """That of the artifact that is shipped."""
    return json.loads((files("squatwatch_ml") / "shipped_artifact" / "manifest.json").read_text("utf-8"))


def test_no_day_has_two_roles() -> None:
    assert all(DAYS.values())
    for one, other in itertools.combinations(DAYS.values(), 2):
        assert not set(one) & set(other)


@pytest.mark.parametrize(
    ("file", "day", "role"),
    [
        ("2020-05-03.whoisds.txt.gz", "2020-05-03.whoisds", "train"),
        ("2020-05-06.whoisds-c.txt.gz", "2020-05-06.whoisds-c", "calibrate"),
        ("newly-registered-domains-2024-06-13.zip", "newly-registered-domains-2024-06-13", "report"),
        ("yesterday.txt", "yesterday", None),
    ],
)
def test_a_day_is_named_by_its_file_and_an_unknown_one_is_for_nothing(file: str, day: str, role: str | None) -> None:
    assert day_of(Path(file)) == day
    assert role_of_day(day) == role


def test_brands_of_the_judged_days_are_known_and_those_of_2024_are_reported_on() -> None:
    judged = list(evaluated_brands().values())
    assert (judged.count("2020"), judged.count("2024")) == (117, 43)
    assert {role_of_brand(brand) for brand, year in evaluated_brands().items() if year == "2024"} == {"report"}
    roles = [role_of_brand(brand) for brand, year in evaluated_brands().items() if year == "2020"]
    assert 0.3 < roles.count("tune") / len(roles) < 0.7


@pytest.mark.parametrize("brand", ["google", "g00gle", "googlecode", "t-mobile", "tmobile", "dhl"])
def test_evaluated_brands_and_what_contains_them_are_not_learnt_from(brand: str) -> None:
    assert not may_learn_from(brand)


@pytest.mark.parametrize("brand", ["wikipedia", "mozilla", "attractions"])
def test_other_brands_are_learnt_from(brand: str) -> None:
    assert may_learn_from(brand)


def test_most_popular_names_may_be_learnt_from() -> None:
    pool = brand_pool()
    kept = learnable(pool)
    assert 0.9 < len(kept) / len(pool) < 1
    assert not {skeleton(brand) for brand in kept} & {skeleton(brand) for brand in evaluated_brands()}


def test_the_shipped_network_has_learnt_no_brand_that_is_evaluated(manifest) -> None:
    learnt = manifest["data"]["brands_learnt"]
    assert len(learnt) > 100
    assert learnable(learnt) == learnt


def test_the_shipped_network_has_seen_no_day_that_is_calibrated_tuned_or_reported_on(manifest) -> None:
    for file in manifest["data"]["registrations"]:
        assert role_of_day(day_of(Path(file))) == "train", file
