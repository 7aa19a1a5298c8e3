"""How usual a name's letters are, as evidence on a pair."""

from __future__ import annotations

import numpy as np
import pytest

from squatwatch_ml.pair.match import nearest
from squatwatch_ml.rank.written import WRITTEN, written_evidence


def written(label: str, brand: str) -> dict[str, float]:
    return dict(zip(WRITTEN, written_evidence([nearest(label, brand)])[0].tolist(), strict=True))


@pytest.mark.parametrize(
    ("typo", "other_name", "brand"),
    [("telsdza", "telstar", "telstra"), ("conibase", "corebase", "coinbase"), ("letfilx", "betflix", "netflix")],
)  # fmt: skip
def test_a_typo_is_less_usual_than_another_name_as_near(typo, other_name, brand):
    of_typo, of_other = written(typo, brand), written(other_name, brand)
    assert all(of_typo[number] > of_other[number] for number in ("label_surprise", "span_surprise", "edits_surprise"))


@pytest.mark.parametrize(
    ("label", "brand"),
    [("paypal-login", "paypal"), ("cocacola-login", "coca-cola"), ("obrien", "o'brien"), ("wellsfargo", "wells fargo")],
)
def test_a_name_with_the_brand_as_it_is_has_no_edits_to_surprise(label, brand):
    assert written(label, brand)["edits_surprise"] == 0


def test_random_letters_beside_the_brand_are_told_from_a_word():
    assert (
        written("zqxkvj-paypal", "paypal")["beside_surprise"]
        > 1.5 * written("garden-paypal", "paypal")["beside_surprise"]
    )


def test_where_nothing_stands_beside_it_nothing_is_known_of_that():
    assert np.isnan(written("paypal", "paypal")["beside_surprise"])


@pytest.mark.parametrize("label", ["", "ü", "раураl", "вимала", "--"])
def test_any_label_has_numbers(label):
    assert np.isfinite([value for name, value in written(label, "paypal").items() if name != "beside_surprise"]).all()
