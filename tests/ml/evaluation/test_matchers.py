"""What the untrained rule and openSquat raise, and that candidates are scored on the same footing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from squatwatch_ml.evaluation.matchers.opensquat import OpenSquat
from squatwatch_ml.evaluation.matchers.pairs import Encoder, PairMatcher
from squatwatch_ml.evaluation.matchers.rule import Rule, near_pairs
from squatwatch_ml.pair.encode import Encoded


@pytest.mark.parametrize(
    ("domain", "brand"),
    [
        ("paypal-login.com", "paypal"),
        ("mypaypa1.com", "paypal"),
        ("pay-pal.net", "paypal"),
        ("xn--pypal-4ve.com", "paypal"),
        ("paypel.com", "paypal"),
        ("netfix-abo.info", "netflix"),
        ("micrsoftt.com", "microsoft"),  # two edits, nine letters
    ],
)
def test_the_rule_raises(domain: str, brand: str) -> None:
    assert Rule().search([domain], [brand]).rows() == [(domain, brand, 1.0)]


@pytest.mark.parametrize(
    ("domain", "brand"),
    [
        ("garden.com", "paypal"),
        ("paiqel.com", "paypal"),  # two edits, six letters
        ("my-finance.com", "binance"),  # one edit, and a word
        ("flixnet.com", "netflix"),
    ],
)
def test_the_rule_is_silent(domain: str, brand: str) -> None:
    assert Rule().search([domain], [brand]).is_empty()


def test_with_words_the_rule_is_silent_inside_a_longer_word_but_not_its_plural() -> None:
    names = ["pineapples.com", "apples-id.com", "pineapple-apple.com"]
    raised = Rule(with_words=True).search(names, ["apple"])
    assert raised["domain"].to_list() == ["apples-id.com", "pineapple-apple.com"]
    assert Rule().search(names, ["apple"]).height == 3


def test_near_pairs_keep_words_for_the_reader() -> None:
    assert near_pairs(["my-finance.com", "garden.com"], ["binance"]) == [("my-finance.com", "binance")]


@pytest.mark.parametrize("level", [1, 2])
def test_asking_opensquat_less_changes_nothing(level: int) -> None:
    detector = pytest.importorskip("opensquat.squatting_detector").SquattingDetector(confidence_level=level)
    names = [
        *("paypal-login.com", "paypel.com", "pypl.com", "раураl.com", "shop.paypal.com", "xn--pypal-4ve.com"),
        *("payppal.net", "paypalx.de", "palpay.org", "http-visa.com", "vise.com", "vsa.net", "visaya.com", "roses.de"),
    ]
    for brand in ("paypal", "visa"):
        expected = detector.check(brand, names)
        assert expected
        assert sorted(OpenSquat(level).search(names, [brand])["domain"]) == sorted(set(expected))


class CountingEncoder(Encoder):
    """Encodes a pair as the length of its label, and counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0
        super().__init__(self._lengths)

    def _lengths(self, labels: Sequence[str], brands: Sequence[str]) -> Encoded:
        self.calls += 1
        lengths = np.array([[len(label)] for label in labels], np.float32)
        return Encoded(*[np.zeros((len(labels), 1), np.int32)] * 3, lengths)


def test_pair_matchers_share_one_encoding_of_a_list() -> None:
    encoder = CountingEncoder()
    first, second = (
        PairMatcher(name, encoder, lambda pairs: pairs.features[:, 0] / 100, lambda brand: 0.5) for name in ("a", "b")
    )
    names = ["paypal-login.com", "garden.com", "xn--pypal-4ve.com"]
    found = first.search(names, ["paypal", "netflix"])
    assert found.select("domain", "brand").rows() == [("paypal-login.com", "paypal"), ("xn--pypal-4ve.com", "paypal")]
    assert found["score"].to_list() == pytest.approx([0.12, 0.06])
    assert second.search(names, ["paypal", "netflix"]).equals(found)
    assert encoder.calls == 1
    first.search(["netflix-abo.de"], ["paypal", "netflix"])
    assert encoder.calls == 2
