"""Which names of a brand and date are one wave, and by what name it is known tomorrow."""

from __future__ import annotations

import pytest

from squatwatch_ml.rank import waves as waves_module
from squatwatch_ml.rank.waves import waves


@pytest.mark.parametrize(
    ("names", "sizes", "why"),
    [
        (["usps-track7.top", "usps-track8.top"], [2, 2], "only a digit differs"),
        (["usps-track7.top", "usps-track7.xyz"], [1, 1], "another public suffix: somebody else, perhaps"),
        (["bookingsupps-1.online", "bookingsuppt-13.online"], [2, 2], "long, and one letter differs"),
        (["uspsa.top", "uspsb.top"], [1, 1], "short names are a letter apart by chance"),
    ],
)
def test_names_of_a_wave(names, sizes, why):
    assert waves(names, ["usps"] * len(names))[1] == sizes, why


def test_names_of_two_brands_are_two_waves():
    ids, _ = waves(["track-usps-1.top", "track-usps-2.top"] * 2, ["usps", "usps", "ups", "ups"])
    assert ids[0] == ids[1] and ids[2] == ids[3] and ids[0] != ids[2]


def test_a_wave_that_goes_on_tomorrow_keeps_its_id():
    today, _ = waves(["usps-track1.top", "usps-track2.top"], ["usps"] * 2)
    tomorrow, _ = waves(["usps-track17.top", "usps-track18.top", "usps-track19.top"], ["usps"] * 3)
    assert today[0] == tomorrow[0]


def test_a_wave_of_20_000_names_is_one():
    names = [f"amazon-{number}.vip" for number in range(20_000)]
    _, sizes = waves(names, ["amazon"] * len(names))
    assert set(sizes) == {20_000}


def test_more_names_than_are_compared_are_told_apart_by_equality(monkeypatch):
    monkeypatch.setattr(waves_module, "MOST_COMPARED", 2)
    _, sizes = waves(
        ["bookingsupps-1.online", "bookingsupps-2.online", "bookingsuppt-3.online", "bookinghelp.de"], ["booking"] * 4
    )
    assert sizes == [2, 2, 1, 1]
