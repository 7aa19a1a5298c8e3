"""Calibrated thresholds as they are stored: whole, or told to be fitted anew."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.lake.tables import THRESHOLDS
from squatwatch.lists.thresholds import stored_thresholds, threshold_of, thresholds_path, write_thresholds

MODEL = "bilstm-0123456789"
ROW = {
    "brand": "paypal", "threshold": 0.7, "base_threshold": 0.5, "alarm_budget": 3.0,
    "window_begins_on": date(2026, 11, 1), "window_ends_on": date(2026, 11, 7), "day_count": 7, "name_count": 30,
    "flagged_per_day": 2.5, "calibrated_at": datetime(2026, 11, 8, tzinfo=UTC),
}  # fmt: skip


def test_what_is_written_is_read_and_of_another_model_there_is_none(tmp_path):
    write_thresholds(tmp_path, MODEL, pl.DataFrame([ROW], schema=THRESHOLDS.schema))
    assert stored_thresholds(tmp_path, MODEL)["threshold"].to_list() == [0.7]
    assert stored_thresholds(tmp_path, "bilstm-ffffffffff").is_empty()


def _cut(path):
    path.write_bytes(path.read_bytes()[:-50])


def _empty(path):
    path.write_bytes(b"")


def _with_other_columns(path):
    pl.DataFrame({"brand": ["paypal"]}).write_parquet(path)


def _with_nan(path):
    pl.read_parquet(path).with_columns(threshold=float("nan")).write_parquet(path)


@pytest.mark.parametrize("spoil", [_cut, _empty, _with_other_columns, _with_nan])
def test_a_damaged_file_names_the_command_that_makes_it_anew(tmp_path, spoil):
    write_thresholds(tmp_path, MODEL, pl.DataFrame([ROW], schema=THRESHOLDS.schema))
    spoil(thresholds_path(tmp_path, MODEL))
    with pytest.raises(SquatwatchError, match=r"thresholds\.parquet is damaged; fit .* squatwatch calibrate --from"):
        stored_thresholds(tmp_path, MODEL)


def test_a_threshold_by_hand_comes_before_a_calibrated_one_and_that_before_the_model_s():
    def base(brand):
        return 0.5

    assert threshold_of("paypal", 0.9, {"paypal": 0.7}, base) == 0.9
    assert threshold_of("paypal", None, {"paypal": 0.7}, base) == 0.7
    assert threshold_of("dhl", None, {"paypal": 0.7}, base) == 0.5
    assert threshold_of("paypal", 0.0, {"paypal": 0.7}, base) == 0.0
