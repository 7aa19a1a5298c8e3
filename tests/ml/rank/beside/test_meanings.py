"""How near in meaning the words beside a brand are to what the brand does."""

from __future__ import annotations

import os

import numpy as np
import pytest

from squatwatch_ml.pair.match import nearest
from squatwatch_ml.rank.beside.meanings import MEANING, PATH, meaning_evidence, read_meanings
from squatwatch_ml.rank.beside.rests import rest_of

ABOUTS = {"delta": "airline, flights, tickets", "zephyrline": "plumbing, heating, drains", "mute": "", "odd": "qxzj"}


def likeness(label: str, brand: str) -> dict[str, float]:
    rest = rest_of(nearest(label, brand))
    return dict(zip(MEANING, meaning_evidence([rest], [brand], ABOUTS)[0].tolist(), strict=True))


@pytest.mark.parametrize("number", MEANING)
def test_words_of_the_same_business_are_near_what_the_brand_does(number):
    assert likeness("delta-airplane", "delta")[number] > likeness("delta-plumber", "delta")[number]
    assert likeness("zephyrline-airplane", "zephyrline")[number] < likeness("zephyrline-plumber", "zephyrline")[number]


def test_the_nearest_word_and_the_farthest_are_told():
    one, two = likeness("delta-flights", "delta"), likeness("delta-flights-plumber", "delta")
    assert one["meaning_nearest"] == pytest.approx(two["meaning_nearest"])
    assert one["meaning_least"] == one["meaning_nearest"] > two["meaning_least"]


@pytest.mark.parametrize("brand", ["mute", "odd", "unheard"])
def test_of_a_brand_of_which_nothing_is_known_nothing_is_said(brand):
    assert all(np.isnan(value) for value in likeness(f"{brand}-flights", brand).values())


@pytest.mark.parametrize("label", ["delta", "delta-qxzjw", "delta-5"])
def test_where_no_known_word_stands_beside_it_all_are_0(label):
    assert set(likeness(label, "delta").values()) == {0.0}


def test_no_pairs_have_no_numbers():
    assert meaning_evidence([], [], ABOUTS).shape == (0, len(MEANING))


TABLE = PATH.read_bytes()
DIRECTORY = TABLE.index(b"PK\x01\x02")  # of the archive, behind its files


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"words",
        TABLE[:-1000],
        TABLE[:100] + bytes(64) + TABLE[164:],
        TABLE[:5000] + bytes(64) + TABLE[5064:],
        TABLE[: DIRECTORY + 10] + b"c" + TABLE[DIRECTORY + 11 :],
    ],
    ids=["empty", "text", "cut", "altered", "altered later", "compressed otherwise"],
)
def test_what_is_no_table_is_refused(tmp_path, content):
    (tmp_path / "damaged.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"damaged\.npz is no table"):
        read_meanings(tmp_path / "damaged.npz")


def test_an_array_that_is_no_table_is_refused(tmp_path):
    np.save(tmp_path / "array.npy", np.zeros(3))
    with pytest.raises(ValueError, match=r"array\.npy is no table"):
        read_meanings(tmp_path / "array.npy")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "meanings.npz")
    with pytest.raises(OSError, match="no regular file"):
        read_meanings(tmp_path / "meanings.npz")


def test_a_table_that_lacks_vectors_is_refused(tmp_path):
    with np.load(PATH) as arrays:
        np.savez(tmp_path / "cut.npz", words=arrays["words"], numbers=arrays["numbers"][:-1])
    with pytest.raises(ValueError, match="vectors"):
        read_meanings(tmp_path / "cut.npz")
