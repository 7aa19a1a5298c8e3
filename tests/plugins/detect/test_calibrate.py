"""Alarm budgets: thresholds calibrated on past dates, kept with the model's version, checked on later dates."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from squatwatch import pipeline
from squatwatch.detect.calibrate import calibrate_window
from squatwatch.errors import SquatwatchError
from squatwatch.lists.thresholds import stored_thresholds, thresholds_path
from squatwatch.sentences import sentence
from squatwatch.settings import read_settings
from squatwatch.warehouse.connection import ask

MONDAY = date(2026, 11, 2)
WEEK = [MONDAY + timedelta(days=n) for n in range(7)]
MODEL = "bilstm-1"


@pytest.fixture
def settings(tmp_path):
    """Two brands: paypal may raise two names a day, dhl the default of three."""
    brands = tmp_path / "brands.csv"
    brands.write_text("brand,brand_domain,alarm_budget\npaypal,paypal.com,2\ndhl,dhl.de,\n")
    return read_settings(home=tmp_path / "data", brands_file=brands)


@pytest.fixture
def write_day(settings, new_dates):
    """Writes a scored date: `scores` by brand, and of each brand looked for a candidate below the floor."""

    def write(day, scores, model_version=MODEL, looked_for=("paypal", "dhl"), allowlist_reason=None):
        verdicts = [
            {
                "domain": f"{brand}-{number}.com",
                "brand": brand,
                "score": score,
                "is_detection": allowlist_reason is None,
                "allowlist_reason": allowlist_reason,
            }
            for brand, of_brand in scores.items()
            for number, score in enumerate(of_brand)
        ]
        dates = new_dates(settings.home, model_version, brands_file=settings.brands_file)
        dates.write_verdicts(day, verdicts, below_floor=tuple((f"{brand}-not.com", brand) for brand in looked_for))

    return write


def second_best(scores, days, base, budget):
    """A rule in place of the arithmetic: the best `budget * days` names pass."""
    ranked = sorted((score for score in scores if score >= base), reverse=True)
    allowed = int(budget * days)
    return base if len(ranked) <= allowed else ranked[allowed] + 0.01


def calibrate(settings, first=WEEK[0], last=WEEK[-1], model_version=MODEL):
    return calibrate_window(settings, first, last, model_version, {"paypal": 0.5, "dhl": 0.7}.get, second_best)


def test_each_brand_has_a_row_with_its_threshold_and_what_it_was_made_from(settings, write_day):
    for day in WEEK:
        write_day(day, {"paypal": [0.9, 0.8, 0.6, 0.3], "dhl": [0.95, 0.6]})
    calibrated = calibrate(settings)
    assert stored_thresholds(settings.home, MODEL).drop("calibrated_at").to_dicts() == [
        {
            "brand": "dhl", "threshold": 0.7, "base_threshold": 0.7, "alarm_budget": 3.0,
            "window_begins_on": WEEK[0], "window_ends_on": WEEK[-1], "day_count": 7, "name_count": 7,
            "flagged_per_day": 1.0,
        },
        {
            "brand": "paypal", "threshold": 0.61, "base_threshold": 0.5, "alarm_budget": 2.0,
            "window_begins_on": WEEK[0], "window_ends_on": WEEK[-1], "day_count": 7, "name_count": 21,
            "flagged_per_day": 2.0,
        },
    ]  # fmt: skip
    assert "2 brands on 7 dates, 2026-11-02 to 2026-11-08" in sentence(calibrated)
    assert "thresholds raised above the model's: 1 (paypal)" in sentence(calibrated)


def test_allowlisted_names_use_up_no_budget(settings, write_day):
    write_day(MONDAY, {"paypal": [0.9] * 50}, allowlist_reason="owned by paypal")
    calibrate(settings)
    row = stored_thresholds(settings.home, MODEL).row(by_predicate=pl.col("brand") == "paypal", named=True)
    assert (row["threshold"], row["name_count"]) == (0.5, 0)


def test_a_brand_added_within_the_window_counts_from_then_on(settings, write_day):
    for day in WEEK[:5]:
        write_day(day, {"paypal": [0.9]}, looked_for=["paypal"])
    for day in WEEK[5:]:
        write_day(day, {"paypal": [0.9], "dhl": [0.9]})
    calibrate(settings)
    assert dict(stored_thresholds(settings.home, MODEL).select("brand", "day_count").rows()) == {"paypal": 7, "dhl": 2}


def test_a_brand_without_candidates_is_told_and_left_to_the_model(settings, write_day):
    write_day(MONDAY, {"paypal": [0.9]}, looked_for=["paypal"])
    assert "the model's for brands without candidates (dhl)" in sentence(calibrate(settings))
    assert stored_thresholds(settings.home, MODEL)["brand"].to_list() == ["paypal"]


def test_dates_of_another_model_are_left_out_and_told(settings, write_day):
    write_day(WEEK[0], {"paypal": [0.9]}, model_version="bilstm-0")
    write_day(WEEK[1], {"paypal": [0.9]})
    calibrated = calibrate(settings)
    assert list(calibrated.dates) == [WEEK[1]]
    assert "dates that another model scored were left out (2026-11-02)" in sentence(calibrated)


def test_a_date_without_a_single_name_above_the_floor_is_a_day_all_the_same(settings, write_day):
    write_day(WEEK[0], {"paypal": [0.9]})
    write_day(WEEK[1], {})
    calibrate(settings)
    assert stored_thresholds(settings.home, MODEL)["day_count"].to_list() == [2, 2]


def test_each_model_version_keeps_its_own(settings, write_day):
    write_day(WEEK[0], {"paypal": [0.9]}, model_version="bilstm-0")
    write_day(WEEK[1], {"paypal": [0.9]})
    calibrate(settings)
    first = thresholds_path(settings.home, MODEL).read_bytes()
    calibrate(settings, model_version="bilstm-0")
    assert thresholds_path(settings.home, MODEL).read_bytes() == first
    assert stored_thresholds(settings.home, "bilstm-2").is_empty()


def test_a_window_without_scored_dates_names_the_command_that_scores_them(settings):
    with pytest.raises(SquatwatchError, match="run: squatwatch backfill --from 2026-11-02 --to 2026-11-08"):
        calibrate(settings)


def test_a_window_that_only_another_model_scored_names_the_command_too(settings, write_day):
    write_day(WEEK[3], {"paypal": [0.9]}, model_version="bilstm-0")
    with pytest.raises(SquatwatchError, match=r"model bilstm-1 scored no date .*squatwatch score --date 2026-11-05"):
        calibrate(settings)


@pytest.mark.parametrize("version", ["../../etc", "", "a/b", ".hidden", "a'b"])
def test_a_version_that_is_no_plain_name_reaches_no_folder(settings, version):
    with pytest.raises(SquatwatchError, match="no plain name"):
        stored_thresholds(settings.home, version)


def test_the_view_holds_later_dates_against_the_stored_thresholds(settings, write_day):
    for day in WEEK[:3]:
        write_day(day, {"paypal": [0.9, 0.8, 0.6]})
    calibrate(settings, last=WEEK[2])
    write_day(WEEK[3], {"paypal": [0.9] * 5 + [0.6], "dhl": [0.65]})
    write_day(WEEK[4], {"paypal": [0.9], "dhl": [0.9]}, allowlist_reason="analyst: known")
    pipeline.publish_with(settings, MODEL)
    sql = "select run_date, brand, flagged_count, is_held from budget_check where run_date >= ? order by all"
    assert ask(settings.home, sql, [WEEK[3]])[1] == [
        (WEEK[3], "dhl", 0, True),
        (WEEK[3], "paypal", 5, False),
        (WEEK[4], "dhl", 0, True),
        (WEEK[4], "paypal", 0, True),
    ]
