"""Several brands in one name: which are meant, and which are only a part of the letters of another."""

from __future__ import annotations

import polars as pl
import pytest

from squatwatch.detect.nearer import Told, nearer_brands, words
from squatwatch.detect.score import Explanation, Judged, detect


def told(label: str, *pairs: tuple[str, float, str, str]) -> list[Told]:
    """Pairs of one name: brand, score, matched text, what is altered in it."""
    return [
        Told("x", label, brand, score, 0.5, matched_text, aligned.split())
        for brand, score, matched_text, aligned in pairs
    ]


def not_meant(label: str, *pairs: tuple[str, float, str, str]) -> dict[str, str]:
    return {brand: other for (_, brand), other in nearer_brands(told(label, *pairs)).items()}


WHOLE_AND_PART = [
    ("applebees-menu", ("apple", 0.99, "apple", ""), ("applebees", 0.99, "applebees", "")),
    ("deltabank-login", ("delta", 0.99, "delta", ""), ("deltabank", 1.0, "deltabank", "")),
    # the brand itself, and another with so many letters altered
    ("commbank-assist", ("commerzbank", 1.0, "commbank", ">er m>z"), ("commbank", 1.0, "commbank", "")),
    ("my-paypay", ("paypal", 0.94, "paypay", "y>l"), ("paypay", 0.99, "paypay", "")),
    ("mcirosofl-online", ("sofi", 0.82, "sofl", "l>i"), ("microsoft", 1.0, "mcirosofl", "ci>ic l>t")),
    ("applebees-login", ("apple", 0.999, "apple", ""), ("applebees", 0.97, "applebees", "")),  # about as sure
]
BOTH_MEANT = [
    ("paypal-amazon-login", ("paypal", 1.0, "paypal", ""), ("amazon", 1.0, "amazon", "")),
    ("apple-for-applebees", ("apple", 0.99, "apple", ""), ("applebees", 0.99, "applebees", "")),  # stands apart as well
    ("roblex", ("roblox", 0.98, "roblex", "e>o"), ("rolex", 0.96, "roblex", "b>")),  # as near as each other
    ("applebees-menu", ("apple", 0.99, "apple", ""), ("applebees", 0.4, "applebees", "")),  # which is not raised
    ("applebees-menu", ("apple", 0.99, "", ""), ("applebees", 0.99, "applebees", "")),  # where it stands is not known
    ("mercadopac", ("mercadopago", 0.87, "mercadopa", ">go"), ("mercadona", 0.7, "mercadopa", "p>n")),  # less sure
]


@pytest.mark.parametrize("name", WHOLE_AND_PART, ids=lambda name: name[0])
@pytest.mark.parametrize("turn", [1, -1])
def test_the_brand_with_more_letters_of_the_name_is_meant(name, turn):
    label, part, whole = name
    assert not_meant(label, *(part, whole)[::turn]) == {part[0]: whole[0]}


@pytest.mark.parametrize("name", BOTH_MEANT, ids=lambda name: name[0])
def test_brands_that_are_no_part_of_another_are_all_meant(name):
    assert not_meant(name[0], *name[1:]) == {}


def test_a_brand_that_is_not_meant_sets_no_other_aside():
    """`ubank` is a part of `scotiabank`, and `scotia` of that alone."""
    label, whole = "scotiaubank", ("scotiaubank", 1.0, "scotiaubank", "")
    assert not_meant(label, whole, ("ubank", 0.9, "ubank", ""), ("bank", 0.9, "bank", "")) == {
        "ubank": "scotiaubank",
        "bank": "scotiaubank",
    }


def test_pairs_of_different_names_have_nothing_to_do_with_each_other():
    of_one, of_other = (
        told("applebees", ("apple", 0.9, "apple", "")),
        told("applebees", ("applebees", 1.0, "applebees", "")),
    )
    assert nearer_brands([*of_one, of_other[0]._replace(name="y")]) == {}


class Substrings:
    """0.9 for a name that contains the brand."""

    model_version, device = "rule-1", "cpu"

    def base_threshold(self, brand):
        return 0.5

    def judge(self, labels, brands, floor):
        scores = [0.9 if brand in label else 0.0 for label, brand in zip(labels, brands, strict=True)]
        rows = [row for row, score in enumerate(scores) if score >= floor]
        kinds = ("resemblance", "placement", "surroundings", "words")
        explanations = [Explanation("combo", brands[row], f"`{brands[row]}`", []) for row in rows]
        return Judged(scores, rows, explanations, dict.fromkeys(kinds, [0.0] * len(rows)))


def test_a_detection_that_is_nearer_to_another_brand_is_kept_and_set_aside(settings):
    pairs = [("applebees-menu.com", brand) for brand in ("apple", "applebees")] + [("apple-menu.com", "apple")]
    candidates = pl.DataFrame(
        {
            "domain": [domain for domain, _ in pairs],
            "domain_unicode": [domain for domain, _ in pairs],
            "label": [domain.removesuffix(".com") for domain, _ in pairs],
            "brand": [brand for _, brand in pairs],
            "sources": [["sample"]] * 3,
            "allowlist_reason": pl.Series([None] * 3, dtype=pl.String),
        }
    )
    detections, counts = detect(settings, candidates, Substrings())
    assert detections.select("domain", "brand", "score", "is_detection", "allowlist_reason").rows() == [
        ("apple-menu.com", "apple", 0.9, True, None),
        ("applebees-menu.com", "apple", 0.9, False, words("applebees")),
        ("applebees-menu.com", "applebees", 0.9, True, None),
    ]
    assert (counts.detection_count, counts.allowlisted_count) == (2, 1)
