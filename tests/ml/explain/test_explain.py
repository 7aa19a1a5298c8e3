"""The word for how a name imitates a brand, and the span that does it."""

from __future__ import annotations

import pytest

from squatwatch_ml.explain.explain import explain
from squatwatch_ml.pair.match import best_match

EXPLAINED = [
    ("amazon", "amazon", "tld-swap", "amazon"),
    ("AMAZON", "Amazon", "tld-swap", "amazon"),
    ("amazonx", "amazon", "addition", "amazonx"),
    ("amazon7", "amazon", "addition", "amazon7"),
    ("goggle", "google", "bitsquatting", "goggle"),
    ("paypa1", "paypal", "homoglyph", "paypa1"),
    ("arnazon", "amazon", "homoglyph", "arnazon"),
    ("аmаzоn", "amazon", "homoglyph", "аmаzоn"),
    ("pay-pal", "paypal", "hyphenation", "pay-pal"),
    ("d-h-l", "dhl", "hyphenation", "d-h-l"),
    ("facerbook", "facebook", "insertion", "facerbook"),
    ("micrcosoft", "microsoft", "insertion", "micrcosoft"),
    ("netfix", "netflix", "omission", "netfix"),
    ("amazons", "amazon", "plural", "amazons"),
    ("netflixes", "netflix", "plural", "netflixes"),
    ("gooogle", "google", "repetition", "gooogle"),
    ("aamazon", "amazon", "repetition", "aamazon"),
    ("pqypal", "paypal", "replacement", "pqypal"),
    ("pay.pal", "paypal", "subdomain", "pay.pal"),
    ("amaozn", "amazon", "transposition", "amaozn"),
    ("amezon", "amazon", "vowel-swap", "amezon"),
    ("amazonklr-jp", "amazon", "combo", "amazon"),
    ("amazon24", "amazon", "combo", "amazon"),
    ("vxzcgh254-ah1amazon", "amazon", "combo", "amazon"),
    ("ama-zon-shop", "amazon", "combo", "ama-zon"),
    ("supernetflix", "netflix", "combo", "netflix"),  # r and n meet here, they are no m
    ("hsbclogin", "hsbc", "combo", "hsbc"),
    ("santader-cuenta", "santander", "combo-typo", "santader"),
    ("lcloud-maps", "icloud", "combo-typo", "lcloud"),
    ("rnicrosoft-login", "microsoft", "combo-typo", "rnicrosoft"),
    ("login-раураl", "paypal", "combo-typo", "раураl"),
    ("et-intreac", "interac", "combo-typo", "intreac"),
    ("netphlix", "netflix", "soundsquat", "netphlix"),
    ("fasebook", "facebook", "soundsquat", "fasebook"),
    ("www-paypal", "paypal", "level", "paypal"),
    ("wwwamazon", "amazon", "level", "amazon"),
    ("paypal-com-signin", "paypal", "level", "paypal"),
    ("https-www-paypal-com", "paypal", "level", "paypal"),
    ("com-paypal", "paypal", "combo", "paypal"),  # no host name begins with `com`
    ("info-paypal-berlin", "paypal", "combo", "paypal"),
    ("paypal-help-com", "paypal", "combo", "paypal"),  # nor does `paypal` end here
    ("flixnet", "netflix", "reorder", "flixnet"),
    ("bookface-login", "facebook", "reorder", "bookface"),
]


@pytest.mark.parametrize(("label", "brand", "technique", "matched_text"), EXPLAINED)
def test_a_name_is_explained(label: str, brand: str, technique: str, matched_text: str) -> None:
    assert explain(label, brand)[:2] == (technique, matched_text)


def test_every_technique_is_in_the_table() -> None:
    words = """addition bitsquatting homoglyph hyphenation insertion omission plural repetition replacement subdomain
    transposition vowel-swap tld-swap combo combo-typo soundsquat level reorder"""
    assert {technique for _, _, technique, _ in EXPLAINED} == set(words.split())


HOSTILE = ["", "-", "---", "日本", "👍-paypal", "\u202elapyap", "'); drop table--", "<script>", "x" * 300, "\ud800"]


@pytest.mark.parametrize("label", HOSTILE)
def test_any_string_is_answered_with_a_part_of_it(label: str) -> None:
    assert explain(label, "paypal").matched_text in label


def test_a_brand_written_with_hyphens_or_spaces_is_the_same_brand() -> None:
    answers = [explain("cocacola-promo", brand) for brand in ("coca-cola", "Coca Cola")]
    assert [answer[:2] for answer in answers] == [("combo", "cocacola")] * 2
    assert [answer.reason for answer in answers] == ["`cocacola` plus `promo`"] * 2


def test_the_match_prefers_the_span_that_stands_alone() -> None:
    match = best_match("xapplex-apple", "apple")
    assert (match.start, match.end, match.starts_part, match.ends_part) == (8, 13, True, True)
