"""What judged names say about a name, number by number."""

from __future__ import annotations

import pytest

from squatwatch_ml.pair.match import nearest
from squatwatch_ml.rank.beside.rests import rest_of
from squatwatch_ml.rank.memory import MEMORY, Likeness, memory_evidence, remember

HARMLESS = ["orange-county-homes", "orange-county-roofing", "orangerie", "newyork-orange"]
SQUATS = ["orange-facture1", "orange-facture2", "oranqe-login"]


def evidence(name: str, harmless=(), squats=(), brand="orange"):
    labels = [*harmless, *squats]
    memory = remember(
        labels,
        [brand] * len(labels),
        [rest_of(nearest(label, brand)) for label in labels],
        [False] * len(harmless) + [True] * len(squats),
    )
    rest = rest_of(nearest(name, "orange"))
    numbers, likenesses = memory_evidence([name], ["orange"], [rest], memory)
    return dict(zip(MEMORY, numbers[0].tolist(), strict=True)), likenesses[0]


def test_nothing_was_judged():
    numbers, likeness = evidence("orange-facture")
    assert set(numbers.values()) == {0.0} and likeness is None


def test_a_few_verdicts_say_little_and_many_say_more():
    few = evidence("orange-help", squats=["orange-a", "orange-b"])[0]["memory_brand"]
    many = evidence("orange-help", squats=[f"orange-{letter * 3}" for letter in "abcdefghijklmnop"])[0]["memory_brand"]
    assert 0 < few < 0.25 and 0.6 < many < 1


@pytest.mark.parametrize(
    ("name", "number", "sign", "why"),
    [
        ("orange-facture7", "memory_nearest", 1, "a digit apart from judged squats"),
        ("orange-county-condos", "memory_nearest", -1, "written like judged names that are harmless"),
        ("orange-county-condos", "memory_words", -1, "`county` stood beside the brand in harmless names"),
        ("facture-orange", "memory_words", 1, "`facture` stood beside it in squats"),
        ("oranqe-compte", "memory_kind", 1, "the only judged name that alters the brand is a squat"),
        ("oranqe-compte", "memory_span", 1, "and it alters it in the same way"),
    ],
)
def test_names_that_are_alike_count(name, number, sign, why):
    numbers, _ = evidence(name, HARMLESS, SQUATS)
    assert numbers[number] * sign > 0.1, why


def test_words_count_beside_other_brands_too():
    numbers, _ = evidence("orange-plumbing", harmless=[f"delta-plumbing{n}" for n in range(20)], brand="delta")
    assert numbers["memory_words_of_all"] < -0.5
    assert {value for name, value in numbers.items() if name != "memory_words_of_all"} == {0.0}


def test_the_nearest_names_are_named_as_they_are_written():
    _, likeness = evidence("orange-facture7", HARMLESS, SQUATS)
    assert likeness == Likeness(names=2, squats=2, nearest=("orange-facture1", "orange-facture2"))
