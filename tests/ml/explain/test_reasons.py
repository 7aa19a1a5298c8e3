"""The sentence that tells an analyst why a name resembles a brand, and the aligned characters beside it."""

from __future__ import annotations

import re

import pytest

from squatwatch_ml.explain.explain import explain
from squatwatch_ml.explain.reasons import quoted
from squatwatch_ml.pair.alignment import EXTRA, MISSING, REPLACED, SWAPPED, changes
from squatwatch_ml.pair.match import best_match

# label, brand, the sentence, the aligned characters that differ
TOLD = [
    ("rnicrosoft-login", "microsoft", "`rn` for `m` in `microsoft`, plus `login`", "rn>m"),
    ("paypa1-login", "paypal", "`1` for `l` in `paypal`, plus `login`", "1>l"),
    ("g00gle", "google", "`0` for `o` in `google`", "0>o 0>o"),
    ("psypal", "paypal", "`s` for `a` in `paypal`", "s>a"),
    ("teleglfm-bwt", "telegram", "`l` for `r`, `f` for `a` in `telegram`, before `-bwt`", "l>r f>a"),
    ("раypal", "paypal", "`paypal` written with Cyrillic `р` for `p`, `а` for `a`", "р>p а>a"),
    ("micrósoft", "microsoft", "`microsoft` written with `ó` for `o`", "ó>o"),
    ("æon-bank", "aeon", "`aeon` written with `æ` for `ae`, plus `bank`", "æ>ae"),
    ("netflx", "netflix", "`i` missing from `netflix` (`netflx`)", ">i"),
    ("servers-crosoft", "microsoft", "`mi` missing from `microsoft` (`crosoft`), plus `servers`", ">mi"),
    ("facerbook", "facebook", "`r` added in `facebook` (`facerbook`)", "r>"),
    ("cooinbase", "coinbase", "`o` doubled in `coinbase` (`cooinbase`)", "o>"),
    ("paypla-service", "paypal", "`a` and `l` swapped in `paypal` (`paypla`), plus `service`", "la>al"),
    ("netphlix", "netflix", "`netphlix` sounds like `netflix`", "p> h>f"),
    ("flixnet", "netflix", "front of `netflix` moved to its end (`flixnet`)", ""),
    ("pay-pal", "paypal", "`paypal` with a hyphen inside (`pay-pal`)", ""),
    ("paypals", "paypal", "`s` added at the end of `paypal`", ""),
    ("paypal", "paypal", "`paypal` unchanged, only the TLD can differ", ""),
    ("garden-netflix", "netflix", "`netflix` after `garden-`", ""),
    ("my-netflix-update", "netflix", "`netflix` plus `my`, `update`", ""),
    ("zxcu2-fyaj0amazon", "amazon", "`amazon` after `zxcu2-fyaj0`", ""),
    ("paypalsecureverify24", "paypal", "`paypal` before `24`, plus `secure`, `verify`", ""),
    ("amazon-verifyaccountgarden", "amazon", "`amazon` before `garden`, plus `verify`, `account`", ""),
    ("amazonnotarypaymentsoffice", "amazon", "`amazon` before `notary`, plus `payments`, `office`", ""),
    ("amazonworkshop", "amazon", "`amazon` plus `work`, `shop`", ""),
    ("amazonbookshop", "amazon", "`amazon` before `bookshop`", ""),  # a short keyword is part of many words
    ("wwwpaypal", "paypal", "`paypal` beside `www` as in a host name", ""),
    ("paypal-com-secure", "paypal", "`paypal` plus `secure`, beside `com` as in a host name", ""),
    ("https-www-paypal-com", "paypal", "`paypal` beside `https`, `www`, `com` as in a host name", ""),
    ("compaypal", "paypal", "`paypal` plus `com`", ""),  # a host name does not begin with `com`
    ("infopaypalberlin", "paypal", "`paypal` before `berlin`, plus `info`", ""),
    ("paypal-com-info", "paypal", "`paypal` beside `com`, `info` as in a host name", ""),
    ("www-paypal-berlin-com", "paypal", "`paypal` before `-berlin`, plus `com`, beside `www` as in a host name", ""),
    ("cocacola-promo", "coca-cola", "`cocacola` plus `promo`", ""),
    ("x-билайh", "билайн", "Latin `h` for `н` in `билайн`, after `x-`", "h>н"),
]


@pytest.mark.parametrize(("label", "brand", "sentence", "aligned"), TOLD)
def test_a_name_has_its_reason(label: str, brand: str, sentence: str, aligned: str) -> None:
    explanation = explain(label, brand)
    assert explanation.reason == sentence
    assert list(explanation.aligned) == aligned.split()


@pytest.mark.parametrize(("label", "brand"), [row[:2] for row in TOLD])
def test_the_words_agree_with_the_number_of_edits(label: str, brand: str) -> None:
    match = best_match(label, brand)
    edits = [change for change in changes(label, match) if change.kind in (REPLACED, MISSING, EXTRA, SWAPPED)]
    assert sum(len(change.meant) if change.kind == MISSING else 1 for change in edits) == match.distance


HOSTILE = [
    "",
    "---",
    "日本",
    "👍-paypal",
    "\u202elapyap-paypal",
    "'); drop--paypa1",
    "<script>paypal",
    "x" * 300,
    "\ud800",
]


@pytest.mark.parametrize("label", [*HOSTILE, *(row[0] for row in TOLD)])
def test_what_is_quoted_comes_from_the_name_or_the_brand(label: str) -> None:
    brand = "paypal"
    pieces = re.findall(r"`(.*?)`", explain(label, brand).reason)
    assert pieces
    for piece in pieces:
        written = re.sub(r"\\u([0-9a-f]{4,})", lambda escape: chr(int(escape[1], 16)), piece)
        assert written in label or written in brand, pieces


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pay\u202epal", r"`pay\u202epal`"),
        ("\x1b[31m", r"`\u001b[31m`"),
        ("a`b", r"`a\u0060b`"),
        ("\u0301x", r"`\u0301x`"),  # a mark would sit on the backtick
        ("संचार", "`संचार`"),  # within a word marks belong to it
    ],
)
def test_characters_that_cannot_be_seen_are_written_out(text: str, shown: str) -> None:
    assert quoted(text) == shown


def test_a_name_that_hides_a_character_says_so() -> None:
    assert explain("pay\u200bpal", "paypal").reason == r"`paypal` with `\u200b` inside (`pay\u200bpal`)"
