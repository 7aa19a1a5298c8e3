"""Imitations are of the kind their function says, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from squatwatch_ml.explain.explain import explain
from squatwatch_ml.training.data import generate
from squatwatch_ml.training.data.generate import TECHNIQUES, imitations

# the technique that explain names for what a function makes; several where one label can be made in several ways
SAME_WORD = [
    (generate.addition, {"addition", "repetition", "plural"}),
    (generate.homoglyph, {"homoglyph", "replacement", "bitsquatting", "vowel-swap"}),
    (generate.homoglyph_idn, {"homoglyph"}),
    (generate.hyphenation, {"hyphenation"}),
    (generate.insertion, {"insertion", "repetition", "homoglyph"}),
    (generate.omission, {"omission"}),
    (generate.plural, {"plural"}),
    (generate.repetition, {"repetition"}),
    (generate.transposition, {"transposition"}),
    (generate.vowel_swap, {"vowel-swap"}),
    (generate.tld_swap, {"tld-swap"}),
    (generate.level, {"level", "combo"}),  # santandercomverify may be community too
    (generate.reorder, {"reorder"}),
]


@pytest.mark.parametrize(("technique", "words"), SAME_WORD, ids=lambda value: getattr(value, "__name__", ""))
def test_what_is_generated_is_explained_by_its_word(technique, words: set[str]) -> None:
    rng = np.random.default_rng(3)
    made = {explain(technique("santander", rng), "santander").technique for _ in range(40)}
    assert made
    assert made <= words


def test_combos_keep_the_brand_and_combo_typos_alter_it() -> None:
    rng = np.random.default_rng(3)
    assert all("santander" in generate.combo("santander", rng) for _ in range(50))
    assert sum("santander" not in generate.combo_typo("santander", rng) for _ in range(50)) > 40


@pytest.mark.parametrize("brand", ["paypal", "dhl", "o2", "bet365"])
def test_same_seed_same_labels(brand: str) -> None:
    first, second = (imitations(brand, 60, np.random.default_rng(7)) for _ in range(2))
    assert first == second
    assert len(first) == len(set(first)) == 60
    assert imitations(brand, 60, np.random.default_rng(8)) != first


def test_common_words_stand_beside_the_brand_if_given() -> None:
    assert any(label == "paypalgarden" for label in imitations("paypal", 400, np.random.default_rng(1), ["garden"]))


def test_every_function_is_drawn() -> None:
    assert len(TECHNIQUES) == 19
    assert all(weight > 0 for weight in TECHNIQUES.values())
