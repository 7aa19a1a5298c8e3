"""The span of a name that is nearest to a brand."""

from __future__ import annotations

import pytest

from squatwatch_ml.pair.match import best_match, plain_view


def test_each_folded_character_knows_where_it_was_written() -> None:
    text, starts, ends = plain_view("\ufb01ne\u0301")  # fi in one character, and an accent of its own
    assert (text, [*starts], [*ends]) == ("flne", [0, 0, 1, 2], [1, 1, 2, 3])
    text, starts, ends = plain_view("pay1")
    assert (text, [*starts], [*ends]) == ("payl", [0, 1, 2, 3], [1, 2, 3, 4])


@pytest.mark.parametrize(
    ("label", "brand", "start", "end"),
    [
        ("paypol-mypaypal", "paypal", 9, 15),  # the brand itself, not the part that is like it
        ("mypaypal-paypal", "paypal", 9, 15),  # where it stands alone
        ("pay-pal-mypaypal", "paypal", 10, 16),  # without a hyphen inside, though it does not stand alone
        ("flixnet-netf1ix", "netflix", 8, 15),  # as it is, not with its front at its end
        ("xpapyal-paypol", "paypal", 8, 14),
    ],
)
def test_the_brand_itself_is_nearest_and_what_stands_alone_nearer(label: str, brand: str, start: int, end: int) -> None:
    match = best_match(label, brand)
    assert (match.start, match.end) == (start, end)
