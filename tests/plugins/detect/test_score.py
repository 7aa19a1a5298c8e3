"""Candidates and a scorer make detections. The scorer here is a rule, so that every outcome can be read off."""

from datetime import date

import polars as pl
import pytest

from squatwatch.detect.score import Explanation, Judged, detect_date
from squatwatch.errors import SquatwatchError
from squatwatch.lake.ids import detection_id
from squatwatch.lake.partitions import Lake
from squatwatch.lake.tables import DETECTIONS, THRESHOLDS
from squatwatch.lists.thresholds import write_thresholds
from squatwatch.settings import read_settings

DAY = date(2026, 11, 5)
VOLATILE = ["scored_at"]


class LengthScorer:
    """0.9 for a name that contains the brand, 0.5 for one that shares its first letter, else 0."""

    model_version = "rule-1"
    device = "cpu"

    def base_threshold(self, brand):
        return 0.95 if brand == "dhl" else 0.8

    def judge(self, labels, brands, floor):
        pairs = list(zip(labels, brands, strict=True))
        scores = [0.9 if brand in label else 0.5 if label[0] == brand[0] else 0.0 for label, brand in pairs]
        rows = [row for row, score in enumerate(scores) if score >= floor]
        return Judged(scores, rows, [self.explain(*pairs[row]) for row in rows], self.components(labels, rows))

    def explain(self, label, brand):
        return Explanation("combo", brand, f"`{brand}` in `{label}`", ["1>l"] if "1" in label else [])

    def components(self, labels, rows):
        lengths = [len(labels[row]) / 7 for row in rows]
        return dict.fromkeys(("resemblance", "placement", "surroundings", "words"), lengths)


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


def test_each_row_says_why_it_is_there(settings, lake):
    detect_date(settings, DAY, LengthScorer())
    row = lake.read("detections", DAY).row(0, named=True)
    assert (row["technique"], row["matched_text"], row["reason"], row["aligned"]) == (
        "combo", "paypal", "`paypal` in `paypal-login`", [],
    )  # fmt: skip
    assert [row[f"component_{name}"] for name in ("resemblance", "placement", "surroundings", "words")] == [1.7] * 4


def calibrated(settings, model_version="rule-1", budget=3.0, **thresholds):
    rows = pl.DataFrame(
        [{"brand": brand, "threshold": value, "alarm_budget": budget} for brand, value in thresholds.items()],
        schema=THRESHOLDS.schema,
    )
    write_thresholds(settings.home, model_version, rows)


def test_a_calibrated_threshold_comes_before_the_model_s(settings, lake):
    calibrated(settings, paypal=0.92)
    detected = detect_date(settings, DAY, LengthScorer())
    assert set(lake.read("detections", DAY)["threshold"]) == {0.92}
    assert detected.detection_count == 0
    assert detected.threshold_origin == "calibrated thresholds"


def test_the_operator_s_threshold_comes_before_the_calibrated_one(settings, lake):
    calibrated(settings, paypal=0.92)
    detected = detect_date(read_settings(home=settings.home, threshold=0.4), DAY, LengthScorer())
    assert set(lake.read("detections", DAY)["threshold"]) == {0.4}
    assert "SQUATWATCH_THRESHOLD" in detected.threshold_origin


def test_thresholds_of_another_model_are_not_used(settings, lake):
    calibrated(settings, model_version="rule-0", paypal=0.1)
    detected = detect_date(settings, DAY, LengthScorer())
    assert set(lake.read("detections", DAY)["threshold"]) == {0.8}
    assert "squatwatch calibrate" in detected.threshold_origin


def test_a_brand_that_came_later_has_the_model_s_threshold_and_is_told(settings, lake):
    calibrated(settings, paypal=0.92)
    lake.write("candidates", DAY, candidates(("paypal-login.com", "paypal", None), ("dhl-post.com", "dhl", None)))
    detected = detect_date(settings, DAY, LengthScorer())
    assert dict(lake.read("detections", DAY).select("brand", "threshold").rows()) == {"paypal": 0.92, "dhl": 0.95}
    assert "the model's for 1 brand not calibrated (dhl); run: squatwatch calibrate" in detected.threshold_origin


def test_a_budget_that_has_changed_since_is_told(settings, lake):
    calibrated(settings, budget=2.0, paypal=0.92)
    detected = detect_date(settings, DAY, LengthScorer())
    assert "1 alarm budget has changed (paypal); run: squatwatch calibrate" in detected.threshold_origin


@pytest.mark.parametrize("stored", [{}, {"paypal": 0.92}], ids=["the model's thresholds", "calibrated ones"])
def test_twice_gives_the_same_rows(settings, lake, stored):
    calibrated(settings, **stored)
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
