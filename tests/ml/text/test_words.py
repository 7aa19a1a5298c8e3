"""How a name reads as words."""

from __future__ import annotations

import pytest

from squatwatch_ml.text.skeleton import without_marks
from squatwatch_ml.text.words import commonness, is_dictionary_word, language_count, read


@pytest.mark.parametrize(
    ("label", "pieces"),
    [
        ("yogaonlinebooking", ["yoga", "online", "booking"]),
        ("rutledgerepairs", ["rutledge", "repairs"]),  # a surname, not a ledger
        ("red-garden24", ["red", "-", "garden", "2", "4"]),
        ("", []),
    ],
)
def test_a_label_reads_as_the_likeliest_words(label: str, pieces: list[str]) -> None:
    assert [label[piece.start : piece.end] for piece in read(label).best] == pieces


@pytest.mark.parametrize("label", ["yogaonlinebooking", "red-garden24", "xkcq-garden7", "日-garden"])
def test_what_stands_before_and_after_a_place_reads_as_if_it_stood_alone(label: str) -> None:
    for at in range(len(label) + 1):
        assert read(label).best_before(at) == read(label[:at]).best
        alone = [(piece.start + at, piece.end + at, piece.zipf) for piece in read(label[at:]).best]
        assert read(label).best_after(at) == alone


def test_costs_from_both_ends_agree() -> None:
    for label in ("yogaonlinebooking", "xkcq-garden7", "revolutionx500"):
        reading = read(label)
        assert reading.before[-1] == pytest.approx(reading.after[0])
        assert reading.before[0] == reading.after[-1] == 0


def test_a_name_that_needs_a_word_is_dear_without_it() -> None:
    at = "bodymindsantander".index("santander")
    assert read("bodymindsantander").cost_without(at, at + 9) > read("bodymindsantander").before[-1] + 2
    assert read("revolutions").cost_without(0, 7) == read("revolutions").before[-1]  # `revolut` is no piece of it


@pytest.mark.parametrize(("word", "is_word"), [("apple", 1), ("bookings", 1), ("google", 0), ("paypal", 0), ("", 0)])
def test_words_are_told_from_names(word: str, is_word: int) -> None:
    assert is_dictionary_word(word) == is_word


def test_commonness_goes_from_none_to_one() -> None:
    assert 0 == commonness("xkcqvz") < commonness("rutledge") < commonness("garden") < 1


def test_a_word_is_one_in_several_languages():
    assert language_count("xkcqvz") == 0 < language_count("rutledge") < language_count("hotel")


def test_marks_are_dropped_character_for_character() -> None:
    assert without_marks("gárdenö-日") == "gardeno-日"
    assert len(without_marks("ﬁx")) == 2
