"""What `squatwatch run` prints at its end: a screenful, and how to see the rest."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from squatwatch.cli.steps import MOST_SHOWN, print_detections


def detections(count: int) -> pl.DataFrame:
    """Return detections of two brands with scores that fall from 1."""
    return pl.DataFrame(
        {
            "brand": ["paypal" if number % 2 else "amazon" for number in range(count)],
            "domain": [f"name-{number:03}.com" for number in range(count)],
            "domain_unicode": [f"name-{number:03}.com" for number in range(count)],
            "score": [1 - number / 1000 for number in range(count)],
            "technique": ["combo"] * count,
            "reason": ["a test"] * count,
        },
        schema_overrides={"score": pl.Float64},
    )


@pytest.mark.parametrize("count", [0, 1, MOST_SHOWN])
def test_a_screenful_is_printed_whole(capsys, count):
    print_detections(detections(count), date(2024, 6, 13))
    printed = capsys.readouterr().out
    assert printed.count("a test") == count
    assert printed.rstrip().endswith("1 row" if count == 1 else f"{count} rows")


def test_of_more_the_highest_scores_are_printed_by_brand(capsys):
    print_detections(detections(1_000), date(2024, 6, 13))
    printed = capsys.readouterr().out
    shown = [number for number in range(1_000) if f"│ name-{number:03}.com" in printed]
    assert shown == list(range(MOST_SHOWN))  # scores fall with the number
    assert printed.index("name-038.com") < printed.index("name-001.com")  # amazon before paypal
    assert "40 highest scores of 1,000 detections" in printed
    assert "\"from detections where run_date = '2024-06-13' and is_detection order by brand, score desc\"" in printed
