"""Names that are lifted by their wave, and those that are not."""

from __future__ import annotations

import numpy as np
import pytest

from squatwatch_ml.rank.lifted import lifted, mostly
from squatwatch_ml.rank.ranked import ScoredPairs

FIVE_OF_EIGHT = "lifted: 5 of 8 names alike on this day are flagged"


def pairs(flagged):
    """Pairs, one for each letter of `flagged`: f is flagged, e excused, . below its threshold."""
    names = [str(number) for number in range(len(flagged))]
    is_flagged, is_excused = [letter == "f" for letter in flagged], [letter == "e" for letter in flagged]
    return ScoredPairs(names, names, ["paypal"] * len(names), np.zeros(len(names)), is_flagged, is_excused)


def told(flagged, waves=None, other=""):
    """The reason why each is lifted, by place; `other` has the places of those that mean something else."""
    places = range(len(flagged))
    waves = [wave if wave != "-" else None for wave in waves or "w" * len(flagged)]
    why = lifted(pairs(flagged), waves, np.array([str(place) in other for place in places], bool))
    return {place: reason for place, reason in zip(places, why, strict=True) if reason}


def test_names_below_their_threshold_are_lifted_where_half_of_their_wave_is_flagged():
    assert told("fffff...") == dict.fromkeys((5, 6, 7), FIVE_OF_EIGHT)
    assert told("ff..") == dict.fromkeys((2, 3), "lifted: 2 of 4 names alike on this day are flagged")


@pytest.mark.parametrize(
    "flagged, waves",
    [("ff...", None), ("f.", None), ("ffff", None), ("....", None), ("ff.", "---"), ("ff.", "ww-"), ("", None)],
    ids=["fewer-than-half", "two-names", "all-are", "none-is", "no-wave", "alone-beside-a-wave", "no-names"],
)
def test_what_lifts_nothing(flagged, waves):
    assert told(flagged, waves) == {}


def test_what_means_something_else_or_is_excused_stays_and_counts_as_a_name_of_its_wave():
    assert told("fffff...", other="6") == dict.fromkeys((5, 7), FIVE_OF_EIGHT)
    assert told("fffff.e.") == dict.fromkeys((5, 7), FIVE_OF_EIGHT)
    assert told("ffee.") == {}  # two of five


def test_waves_do_not_lift_each_other_and_order_changes_nothing():
    flagged, waves = "ff.f..", "aaabbb"
    assert list(told(flagged, waves)) == [2]
    assert list(told(flagged[::-1], waves[::-1])) == [3]


def test_where_nobody_says_what_is_flagged_nothing_is_lifted():
    unknown = pairs("fff.")._replace(flagged=(), excused=())
    assert lifted(unknown, ["w"] * 4, np.zeros(4, bool)) == [""] * 4


@pytest.mark.parametrize(
    ("holds", "waves", "expected"),
    [
        ("xx..", "wwww", "xxxx"),
        ("x...", "wwww", "...."),
        ("x.", "ww", ".."),  # of two names one alone would decide
        ("xxx", "---", "..."),  # names that stand alone
        ("xx.x..", "aaabbb", "xxx..."),
    ],
)
def test_what_holds_of_half_of_a_wave_of_three_holds_of_it(holds, waves, expected):
    wave_ids = [None if wave == "-" else wave for wave in waves]
    found = mostly(wave_ids, np.array([letter == "x" for letter in holds], bool))
    assert "".join("x" if one else "." for one in found) == expected
