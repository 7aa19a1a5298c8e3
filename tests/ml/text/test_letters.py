"""How usual the letters of a name are, by a model of the letters before them."""

from __future__ import annotations

from math import exp

import pytest

from squatwatch_ml.text import letters
from squatwatch_ml.text.letters import ALPHABET, letters_of, surprises


@pytest.fixture
def of_few(monkeypatch):
    """Make the table of these labels the one that is asked."""

    def use(*labels: str) -> None:
        table = letters_of(labels)
        monkeypatch.setattr(letters, "letter_table", lambda: table)

    return use


@pytest.mark.parametrize(
    ("somebodys_name", "typo"),
    [("tomble", "telsdza"), ("corebase", "conibase"), ("teledream", "telegfram"), ("bluegrass", "bleuegras")],
)  # fmt: skip
def test_names_that_somebody_chose_surprise_less_than_typos(somebodys_name, typo):
    assert mean_surprise(somebodys_name) < mean_surprise(typo)


def mean_surprise(label: str) -> float:
    return sum(surprises(label)) / (len(label) + 1)


def test_each_letter_and_the_end_has_a_number():
    assert [len(surprises(label)) for label in ("", "a", "paypal", "1-2")] == [1, 2, 7, 4]
    assert all(surprise > 0 for surprise in surprises("zzqxj"))


def test_letters_are_surprising_where_they_were_never_met(of_few):
    of_few("banana", "bandana", "cabana")
    known, other = surprises("banana"), surprises("baxana")
    assert known[:2] == other[:2]
    assert other[2] > 2 * max(known)


def test_what_may_follow_is_likely_as_a_whole(of_few):
    of_few("banana", "bandana", "cabana", "ananas")
    following = [surprises("ban" + letter)[3] for letter in ALPHABET[1:]] + [surprises("ban")[3]]
    assert sum(exp(-surprise) for surprise in following) == pytest.approx(1, abs=0.05)  # of sixteenths of a nat


def test_letters_of_other_scripts_are_read_as_what_stands_between_words():
    assert surprises("paypal?x") == surprises("paypal-x")


def test_labels_with_other_letters_teach_nothing():
    assert letters_of(["banana", "müller", ""]) == letters_of(["banana"])
