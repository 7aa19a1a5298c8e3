"""Brands with special letters, and how they are written in domain names."""

from __future__ import annotations

import pytest

from squatwatch_ml.text.spelling import lowercase, spellings


@pytest.mark.parametrize(
    ("brand", "expected"),
    [
        ("PayPal", ("paypal",)),
        ("Jäger", ("jäger", "jaeger")),
        ("Ja\u0308ger", ("jäger", "jaeger")),  # decomposed
        ("Weißbier", ("weißbier", "weissbier")),
        ("GROẞMARKT", ("großmarkt", "grossmarkt")),
        ("Süßwaren", ("süßwaren", "süsswaren", "suesswaren")),
        ("Smørrebrød", ("smørrebrød", "smoerrebroed")),
        ("Ærø", ("ærø", "aerø", "aeroe")),
        ("Nestlé", ("nestlé",)),
        ("", ("",)),
    ],
)
def test_a_brand_is_spelt_as_written_first_then_transliterated(brand: str, expected: tuple[str, ...]) -> None:
    assert spellings(brand) == expected


@pytest.mark.parametrize("brand", ["İZMİR", "i\u0307zmi\u0307r", "izmir"])
def test_a_turkish_capital_i_has_no_dot_of_its_own(brand: str) -> None:
    assert lowercase(brand) == "izmir"
