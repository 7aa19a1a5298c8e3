"""What the network is shown of a name: little of random text beside an altered brand, a brand of two words as one."""

from __future__ import annotations

from pathlib import Path

import pytest

import squatwatch_ml
from squatwatch_ml.network.score import Scorer
from squatwatch_ml.pair.match import nearest
from squatwatch_ml.pair.shown import LONG_RUN, as_shown

HASH, LETTERS = "x7k9q2wzvb4n6m3t", "xkqjwzvbnmtrplkhgfdsa"

SHOWN_AS = [
    (f"papal-{HASH}", "paypal", "papal-x7k"),
    (f"papal{LETTERS}", "paypal", "papalxkq"),  # without a hyphen too
    (f"{HASH}-papal", "paypal", "m3t-papal"),  # in front, what is nearest to the span is kept
    (f"telegraph-{HASH}", "telegram", "telegraph-x7k"),  # what is left of the word stays
    ("papal-8392019384751", "paypal", "papal-839"),
    ("papal-login8273hd8s7d6f5g", "paypal", "papal-login827"),  # keywords divide, and stay
    (f"пауpol-{HASH}", "paypal", "пауpol-x7k"),
    ("papal-x7k9q2", "paypal", "papal-x7k9q2"),  # short
    ("performsophisticatedinfo", "sophos", "performsophisticatedinfo"),  # the rest of the word that the span begins
    ("papal-university-of-rome", "paypal", "papal-university-of-rome"),  # words
    ("papal-to-be-or-not-to-be", "paypal", "papal-to-be-or-not-to-be"),  # short parts, however many
    (f"paypal-{HASH}", "paypal", f"paypal-{HASH}"),  # the brand itself: what throw-away squats look like
    ("hsajdvj34-sajd2amazon", "amazon", "hsajdvj34-sajd2amazon"),
    ("your-american-express", "americanexpress", "your-americanexpress"),
    ("americn-express-card", "american express", "americnexpress-card"),  # a letter lost
    ("bank-of-amerca", "bankofamerica", "bankofamerca"),  # a short word inside the brand
    ("your-meta-mas", "metamask", "your-metamas"),
    ("i-cloud-location", "icloud", "icloud-location"),
    ("d-h-l", "dhl", "dhl"),
    ("visit-my-gov", "mygov", "visit-mygov"),
    ("my-govern", "mygov", "my-govern"),  # the rest of a word
    ("e-transfer", "wetransfer", "e-transfer"),  # an edit, and a piece too short to be a word of the brand
    ("tik-tak", "tiktok", "tik-tak"),  # an edit, in a short brand
    ("coca-h2-cola", "cocacola", "coca-h2-cola"),  # two edits
    ("flix-net-login", "netflix", "flix-net-login"),
    (f"{HASH}-coin-bas", "coinbase", "m3t-coinbas"),  # both
    ("", "paypal", ""),
]


@pytest.mark.parametrize(("label", "brand", "shown_as"), SHOWN_AS)
def test_a_name_is_read_without_most_of_its_random_text(label: str, brand: str, shown_as: str) -> None:
    assert as_shown(nearest(label, brand)).label == shown_as


@pytest.mark.parametrize(("label", "brand"), [row[:2] for row in SHOWN_AS])
def test_the_match_is_where_it_was(label: str, brand: str) -> None:
    long, short = nearest(label, brand), as_shown(nearest(label, brand))
    written = [pair.label[pair.match.start : pair.match.end] for pair in (long, short)]
    assert written[1] in (written[0], written[0].replace("-", ""))
    assert short.match.distance == long.match.distance
    assert (short.match.starts_part, short.match.ends_part) == (long.match.starts_part, long.match.ends_part)


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.load(Path(squatwatch_ml.__file__).parent / "shipped_artifact", device="cpu")


@pytest.mark.parametrize(
    ("label", "brand"),
    [
        ("your-american-express", "americanexpress"),  # .19 when the hyphen was shown
        ("your-americn-express", "americanexpress"),  # .12
        ("bank-of-amerca", "bankofamerica"),  # .00
        ("i-cloud-location", "icloud"),  # .10
        ("visit-my-gov", "mygov"),  # .16
        ("your-coin-base", "coinbase"),
    ],
)
def test_a_brand_of_two_words_is_found_where_a_hyphen_parts_them(scorer: Scorer, label: str, brand: str) -> None:
    assert scorer.score([label], [brand])[0] >= 0.9


@pytest.mark.parametrize(("label", "brand"), [("papal", "paypal"), ("telegraph", "telegram"), ("amazing", "amazon")])
def test_random_text_makes_no_squat_of_another_word(scorer: Scorer, label: str, brand: str) -> None:
    assert scorer.score([f"{label}-{HASH}"], [brand])[0] < 0.3  # .96 to .999 before it was cut


@pytest.mark.parametrize(
    ("label", "brand"),
    [
        ("hsajdvj34-sajd2amazon", "amazon"),
        ("ksien7amazon", "amazon"),
        ("bookingsupportt-13", "booking"),
        ("teleglfm-bwt", "telegram"),
        (f"paypol-{HASH}", "paypal"),
        (f"amazom-{LETTERS}", "amazon"),
    ],
)
def test_squats_with_random_text_stay_found(scorer: Scorer, label: str, brand: str) -> None:
    assert scorer.score([label], [brand])[0] >= scorer.base_threshold(brand)


def test_how_long_random_text_is_makes_no_difference(scorer: Scorer) -> None:
    labels = [f"papal-{(HASH * 3)[:length]}" for length in range(LONG_RUN, 40)]
    assert len(set(scorer.score(labels, ["paypal"] * len(labels)).tolist())) == 1
