"""A name that was asked about without a brand: of several brands in it, those that are not meant are set aside."""

from __future__ import annotations

from squatwatch.serve.inference.asked import Asked
from squatwatch.serve.inference.infer import ScoringRules, infer


class Substrings:
    """.9 for a name that contains the brand, else 0."""

    model_version, device = "rule-1", "cpu"

    def base_threshold(self, brand):
        return 0.5

    def judge(self, labels, brands, floor, **options):
        scores = [0.9 if brand in label else 0.0 for label, brand in zip(labels, brands, strict=True)]
        rows = [row for row, score in enumerate(scores) if score >= floor]
        return scores, rows, [("combo", brands[row], f"`{brands[row]}`", []) for row in rows], {}


def answered(*asked: Asked) -> list[tuple]:
    rules = ScoringRules(["amazon", "apple", "applebees", "paypal"], None, {}, lambda domain: None, 0.1, 100)
    return [(row.brand, row.is_detection, row.allowlist_reason) for row in infer(asked, Substrings(), rules)]


def test_a_part_of_another_brand_is_told_and_not_raised():
    assert answered(Asked("applebees-menu.com")) == [
        ("apple", False, "nearer to applebees"),
        ("applebees", True, None),
    ]


def test_brands_side_by_side_are_both_raised():
    assert answered(Asked("paypal-amazon-login.com")) == [("amazon", True, None), ("paypal", True, None)]


def test_who_asks_about_one_brand_is_answered_about_that_brand():
    assert answered(Asked("applebees-menu.com", "apple")) == [("apple", True, None)]
