"""Look-alike strings have one skeleton."""

from __future__ import annotations

import time

import pytest

from squatwatch_ml.text.skeleton import skeleton, skeletons


@pytest.mark.parametrize(
    ("written", "brand"),
    [
        ("PAYPAI", "paypal"),
        ("paypa1", "paypal"),
        ("раураl", "paypal"),  # Cyrillic р, а, у
        ("аррӏе", "apple"),
        ("göögle", "google"),
        ("ɢoogle", "google"),
        ("łukoil", "lukoil"),
        ("mıcrosoft", "microsoft"),
        ("rnicrosoft", "microsoft"),
        ("vvhatsapp", "whatsapp"),
        ("arnaz0n", "amazon"),
        ("αmαzοn", "amazon"),  # Greek
        ("ѕаntаndеr", "santander"),
        ("ԁհӏ", "dhl"),  # Cyrillic, Armenian
        ("ｎｅｔｆｌｉｘ", "netflix"),
        ("𝓃ℯ𝓉𝒻𝓁𝒾𝓍", "netflix"),
        ("n\u200be\u0301tflix", "netflix"),  # zero-width space, combining accent
        ("lcloud", "icloud"),
    ],
)
def test_look_alikes_share_the_skeleton_of_the_brand(written: str, brand: str) -> None:
    assert skeleton(written) == skeleton(brand)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["PAYPAI", "", "раураl", "rnicrosoft", "日本", "var", "vvar", "r", "n"],
        ["two\nlines", "paypa1"],
    ],
)
def test_many_texts_have_the_skeletons_of_each(texts: list[str]) -> None:
    assert skeletons(texts) == [skeleton(text) for text in texts]


@pytest.mark.parametrize(("one", "other"), [("amazon", "amazan"), ("dhl", "dpd"), ("日本", "中国")])
def test_different_names_keep_different_skeletons(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize("text", ["", "日本", "ฟักทอง", "한국", "👍", "\u202epaypal", "<script>", "a" * 500, "\ud800"])
def test_any_string_has_a_skeleton_and_its_skeleton_is_itself(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)


def test_hyphens_stay_so_that_parts_can_be_told() -> None:
    assert skeleton("pay-pal-login") == "pay-pal-logln"


def test_a_script_without_latin_look_alikes_stays_readable() -> None:
    assert skeleton("한국-日本") == "한국-日本"


def test_a_hundred_thousand_names_take_less_than_two_seconds_of_cpu() -> None:
    names = [f"some-name-{number}" for number in range(100_000)]
    started = time.process_time()
    for name in names:
        skeleton(name)
    assert time.process_time() - started < 2
