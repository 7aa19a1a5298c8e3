"""A pair as arrays."""

from __future__ import annotations

import numpy as np
import pytest

from squatwatch_ml.pair.encode import ALPHABET, CHANNELS, LENGTH, encode
from squatwatch_ml.pair.features import FEATURES

HOSTILE = ["", "-", "日本", "👍" * 80, "\u202elapyap", "مرحبا", "'); drop table--", "a" * 5_000, "\ud800", "\x00"]


def one(label: str, brand: str):
    """Letters, the brand's letters beside them, positions by channel, values by feature."""
    pair = encode([label], [brand])
    text = "".join(" " if at == 0 else ALPHABET[at - 1] for at in pair.letters[0])
    aligned = "".join(" " if at == 0 else ALPHABET[at - 1] for at in pair.aligned[0])
    channels = {name: np.flatnonzero(pair.channels[0, :, at]).tolist() for at, name in enumerate(CHANNELS)}
    return text, aligned, channels, dict(zip(FEATURES, pair.features[0].tolist(), strict=True))


def test_letters_are_right_padded_and_aligned_to_the_brand() -> None:
    text, aligned, channels, _ = one("my-arnaz0n", "amazon")
    assert (text.rstrip(), len(text)) == ("my-arnaz0n", LENGTH)
    assert aligned.rstrip() == "   ammazon"
    assert channels["same"] == [3, 6, 7, 9]
    assert channels["looks_same"] == [4, 5, 8]
    assert channels["part_starts"] == [0, 3]
    assert channels["part_ends"] == [1, 9]


@pytest.mark.parametrize(
    ("label", "channel", "places"),
    [
        ("amxzon", "replaced", [2]),
        ("amaxzon", "extra", [3]),
        ("amzon", "missing_before", [2]),
        ("аmazon", "not_ascii", [0]),
        ("аmazon", "looks_same", [0]),
    ],
)
def test_what_was_changed_stands_in_its_channel(label: str, channel: str, places: list[int]) -> None:
    assert one(label, "amazon")[2][channel] == places


def test_of_a_long_name_the_part_around_the_match_is_kept() -> None:
    text, aligned, channels, _ = one("x" * 55 + "paypal", "paypal")
    assert text.endswith("xpaypal")
    assert aligned.endswith("paypal")
    assert channels["same"] == list(range(LENGTH - 6, LENGTH))


@pytest.mark.parametrize(
    ("label", "brand", "feature", "value"),
    [
        ("paypal-login", "paypal", "is_exact", 1),
        ("paypal-login", "paypal", "rest_keyword", 1),
        ("paypal-xkcdq", "paypal", "rest_keyword", 0),
        ("paypa1", "paypal", "is_exact", 1),
        ("paypa1", "paypal", "is_written", 0),
        ("pay-pal", "paypal", "is_whole", 1),
        ("paypal-info", "paypal", "rest_keyword", 1),  # not only `in`
        ("paypal-xin", "paypal", "rest_keyword", 2 / 3),
        ("paypal-login", "paypal", "rest_lure", 1),
        ("paypal-casino", "paypal", "rest_lure", 0),  # a keyword, no lure
        ("paypal-garden", "paypal", "rest_words", 1),
        ("paypal-xkcdq", "paypal", "rest_words", 0),
        ("my-revolut", "revolut", "covering_word", 0),
        ("paypall", "paypal", "span_word", 0),
        ("my-ledger", "ledger", "brand_is_word", 1),
        ("my-paypal", "paypal", "brand_is_word", 0),
        ("9977558dh1", "dhl", "starts_after_digit", 1),
        ("dh15", "dhl", "digit_at_edge", 1),
        ("dhl5", "dhl", "digit_at_edge", 0),
        ("flixnet", "netflix", "is_reorder", 1),
        ("paypal-com-x", "paypal", "has_level", 1),
    ],
)
def test_features_say_what_the_pair_looks_like(label: str, brand: str, feature: str, value: float) -> None:
    assert one(label, brand)[3][feature] == pytest.approx(value)


@pytest.mark.parametrize(
    ("feature", "more", "less"),
    [
        ("covering_word", ("revolution", "revolut"), ("revolutxon", "revolut")),
        ("span_word", ("finance", "binance"), ("binanse", "binance")),
        ("part_word", ("cloud-capture", "icloud"), ("icloud-capture", "icloud")),
        ("reads_without", ("kewtiktok", "tiktok"), ("revolutions", "revolut")),  # the brand is needed to read it
        ("before_cost", ("xkcqvpaypal", "paypal"), ("gardenpaypal", "paypal")),
        ("brand_cost", ("walmart", "walmart"), ("sportsbet", "sportsbet")),  # sports and bet
    ],
)
def test_features_of_words_tell_ordinary_names(feature: str, more: tuple[str, str], less: tuple[str, str]) -> None:
    assert one(*more)[3][feature] > one(*less)[3][feature]


def test_characters_say_which_word_they_belong_to() -> None:
    _, _, channels, _ = one("paypal-login-garden", "paypal")
    assert channels["word_starts"] == [0, 6, 7, 12, 13]
    assert channels["lure"] == list(range(7, 12))
    assert channels["word"] == [*range(7, 12), *range(13, 19)]  # that the brand is famous counts for nothing


@pytest.mark.parametrize("label", HOSTILE)
@pytest.mark.parametrize("brand", ["paypal", "dhl", "日本", ""])
def test_any_pair_can_be_encoded(label: str, brand: str) -> None:
    pair = encode([label], [brand])
    assert pair.letters[0, 0] > 0  # the fused kernel takes no empty row
    assert all(np.isfinite(array).all() for array in pair)
    assert pair.letters.max() <= len(ALPHABET) and pair.aligned.max() <= len(ALPHABET)
    assert np.abs(pair.features).max() <= 2


def test_no_pairs_are_empty_arrays() -> None:
    pair = encode([], [])
    assert [array.shape[0] for array in pair] == [0, 0, 0, 0]


def test_labels_and_brands_must_be_as_many() -> None:
    with pytest.raises(ValueError):
        encode(["a", "b"], ["a"])
