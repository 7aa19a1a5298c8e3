"""Words in another script: imitations look like the brand throughout, honest words only here and there."""

from __future__ import annotations

import pytest

from squatwatch_ml.explain.explain import explain
from squatwatch_ml.pair.match import nearest

HONEST = [  # names of real days, which scored .60 to .96
    ("вималабс", "humana"),
    ("нимфаспа", "humana"),
    ("мтбанк", "gtbank"),
    ("модуль-эксперт", "ekinet"),
    ("спбвет", "unibet"),
    ("телми", "temu"),
]
IMITATIONS = [
    ("раураl-вход", "paypal", "раураl"),  # every letter looks like one of the brand's
    ("пауpol", "paypal", "пауpol"),  # letters of two scripts in one word are no word
    ("онлайн-paypol", "paypal", "paypol"),  # Latin letters, beside a Cyrillic word
    ("билаин-вход", "билайн", "билаин"),  # the brand is written in this script
    ("micrósofft", "microsoft", "micrósofft"),  # Latin letters with marks
]


@pytest.mark.parametrize(("label", "brand"), HONEST)
def test_a_word_of_another_script_resembles_nothing(label: str, brand: str) -> None:
    assert nearest(label, brand).match.span == ""
    assert explain(label, brand).reason == f"nothing of `{brand}`"


@pytest.mark.parametrize(("label", "brand", "written"), IMITATIONS)
def test_what_looks_like_the_brand_is_compared_with_it(label: str, brand: str, written: str) -> None:
    match = nearest(label, brand).match
    assert label[match.start : match.end] == written
