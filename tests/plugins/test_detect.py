"""Candidates and a scorer make detections. The scorer here is a rule, so that every outcome can be read off."""

from datetime import date

import polars as pl
import pytest

from squatwatch.detect import Explanation, detect_date, detection_id
from squatwatch.errors import SquatwatchError
from squatwatch.lake import Lake
from squatwatch.settings import read_settings
from squatwatch.tables import DETECTIONS

DAY = date(2026, 11, 5)
VOLATILE = ["scored_at"]


class LengthScorer:
    """0.9 for a name that contains the brand, 0.5 for one that shares its first letter, else 0."""

    model_version = "rule-1"
    threshold = 0.8
    device = "cpu"

    def score(self, labels, brands):
        return [
            0.9 if brand in label else 0.5 if label[0] == brand[0] else 0.0
            for label, brand in zip(labels, brands, strict=True)
        ]

    def explain(self, label, brand):
        return Explanation("combo", brand)


def candidates(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "domain": [domain for domain, _, _ in rows],
            "domain_unicode": [domain for domain, _, _ in rows],
            "label": [domain.split(".")[0] for domain, _, _ in rows],
            "brand": [brand for _, brand, _ in rows],
            "sources": [["sample"]] * len(rows),
            "allowlist_reason": [reason for _, _, reason in rows],
        },
        schema_overrides={"sources": pl.List(pl.String), "allowlist_reason": pl.String},
    )


@pytest.fixture
def lake(settings):
    lake = Lake(settings.home)
    lake.write(
        "candidates",
        DAY,
        candidates(
            ("paypal-login.com", "paypal", None),
            ("paypal.me", "paypal", "owned by paypal"),
            ("pineapple.com", "paypal", None),
            ("orchard.com", "paypal", None),
        ),
    )
    return lake


def test_each_row_says_what_it_was_judged_with(settings, lake):
    detect_date(settings, DAY, LengthScorer())
    rows = lake.read("detections", DAY)
    assert rows.schema == DETECTIONS.schema
    assert rows.select("domain", "score", "threshold", "is_detection", "allowlist_reason").rows() == [
        ("paypal-login.com", 0.9, 0.8, True, None),
        ("paypal.me", 0.9, 0.8, False, "owned by paypal"),  # set aside, and still to be seen
        ("pineapple.com", 0.5, 0.8, False, None),  # above the floor, below the threshold
    ]


def test_the_operator_s_threshold_overrides_the_model_s(settings, lake):
    detect_date(read_settings(home=settings.home, threshold=0.4), DAY, LengthScorer())
    assert lake.read("detections", DAY).filter("is_detection")["domain"].to_list() == [
        "paypal-login.com",
        "pineapple.com",
    ]


def test_twice_gives_the_same_rows(settings, lake):
    detect_date(settings, DAY, LengthScorer())
    first = lake.read("detections", DAY).drop(VOLATILE)
    detect_date(settings, DAY, LengthScorer())
    assert lake.read("detections", DAY).drop(VOLATILE).equals(first)


def test_a_date_that_became_empty_becomes_empty(settings, lake):
    detect_date(settings, DAY, LengthScorer())
    lake.write("candidates", DAY, candidates().cast(lake.read("candidates", DAY).schema))
    detect_date(settings, DAY, LengthScorer())
    assert lake.read("detections", DAY).is_empty()


def test_a_detection_keeps_its_id():
    """Golden: analysts' verdicts hang on it, so it never changes."""
    assert detection_id("paypal", "paypal-login.com") == "4aacfe7b-ee30-5aef-8946-9caa83b41774"


def test_a_date_without_candidates_names_the_step_that_makes_them(settings):
    with pytest.raises(SquatwatchError, match="run: squatwatch transform --date 2026-11-05"):
        detect_date(settings, DAY, LengthScorer())
