"""A brand with special letters is found in each of its spellings: candidate, score and reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import squatwatch_ml
from squatwatch_ml.candidates.candidates import candidate_pairs
from squatwatch_ml.network.score import Scorer
from squatwatch_ml.text.skeleton import skeleton

SHIPPED = Path(squatwatch_ml.__file__).parent / "shipped_artifact"
PAIRS = [
    ("jaeger-gutschein", "jäger", "combo", "`jaeger` plus `gutschein`"),
    ("jaeger", "jäger", "tld-swap", "`jaeger` unchanged, only the TLD can differ"),
    ("jager-konto", "jäger", "combo-typo", "`a` for `ä` in `jäger`, plus `konto`"),  # the mark dropped
    ("fuss-rechnung", "fuß", "combo", "`fuss` plus `rechnung`"),
    ("gruener-weissdorn", "grüner-weißdorn", "hyphenation", "`gruener-weissdorn`"),
    ("suess-und-fein", "süß", "combo", "`suess` before `-und-fein`"),
    ("koeb-login", "køb", "combo", "`koeb` plus `login`"),
    ("grüner-login", "gruener", "combo-typo", "`gruener` written with `ü` for `ue`, plus `login`"),
    ("preißler-login", "preissler", "combo-typo", "`preissler` written with `ß` for `ss`, plus `login`"),
    ("weiß-login", "weiss", "combo-typo", "`weiss` written with `ß` for `ss`, plus `login`"),  # in five letters too
    ("gußlogin", "guss", "combo-typo", "`guss` written with `ß` for `ss`, plus `login`"),
    ("izmirbank-giris", "İzmirbank", "combo", "`izmirbank` plus `giris`"),
]


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.load(SHIPPED, device="cpu")


@pytest.mark.parametrize(("label", "brand", "technique", "reason"), PAIRS)
def test_it_is_a_candidate_scores_high_and_says_why(scorer, label, brand, technique, reason) -> None:
    pairs = candidate_pairs([skeleton(label)], [brand])
    assert pairs.name_index.tolist() == [0]
    assert scorer.score([label], [brand])[0] >= scorer.base_threshold(brand)
    (explanation,) = scorer.judge([label], [brand], floor=0).explanations
    assert (explanation.technique, explanation.reason) == (technique, reason)


def test_a_spelling_scores_like_a_brand_that_is_written_so(scorer) -> None:
    names = ["jaeger-konto", "jaegermarkt", "jaegger"]
    assert np.array_equal(scorer.score(names, ["jäger"] * 3), scorer.score(names, ["jaeger"] * 3))


def test_the_similarity_of_a_pair_is_that_of_the_nearest_spelling() -> None:
    assert candidate_pairs(["jaeger-konto"], ["jäger"]).similarity.tolist() == [1]
