"""The distance to the nearest span, against trying every span."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from rapidfuzz.distance import OSA

from squatwatch_ml.candidates.qgrams import Alphabet, Texts
from squatwatch_ml.candidates.spans import FAR, end_costs, fewest_edits, fewest_edits_from_starts, letter_places


def side_by_side(names: Texts, targets: Texts, name: list[int], target: list[int]):
    """Return the edits from targets of one length to the nearest span of each name, and to the nearest at an end."""
    letters, places, size = names.letters.T, letter_places(targets.letters), int(targets.lengths[0])
    return fewest_edits(letters, end_costs(names.ends), places, size, np.array(name), np.array(target))


def distances(name: str, target: str, anywhere: bool = True) -> tuple[int, int]:
    """To the nearest span, and to the nearest that ends a part; `anywhere` false: of those that start a part."""
    alphabet = Alphabet([target])
    names, targets = alphabet.read([name]), alphabet.read([target])
    if anywhere:
        found = side_by_side(names, targets, [0], [0])
    else:
        found = fewest_edits_from_starts(names.letters, targets.letters, names.starts, names.ends)
    return int(found[0][0]), int(found[1][0])


@pytest.mark.parametrize(
    ("name", "target", "anywhere", "at_an_end", "from_a_start", "part"),
    [
        ("paypal", "paypal", 0, 0, 0, 0),
        ("mypaypalonline", "paypal", 0, 6, 2, 8),
        ("my-paypalonline", "paypal", 0, 5, 0, 5),  # my: one part, five edits
        ("mypaypal-online", "paypal", 0, 0, 2, 2),
        ("pay-pal", "paypal", 0, 0, 0, 0),  # a hyphen is no letter
        ("papyal", "paypal", 1, 1, 1, 1),  # a swap is one edit
        ("xxxxxxpaypa", "paypal", 1, 1, 6, 7),
    ],
)
def test_where_a_span_may_start_and_end(
    name: str, target: str, anywhere: int, at_an_end: int, from_a_start: int, part: int
) -> None:
    assert distances(name, target) == (anywhere, at_an_end)
    assert distances(name, target, anywhere=False) == (from_a_start, part)


def test_every_distance_is_that_of_the_best_span() -> None:
    rng = np.random.default_rng(3)
    letters = np.array(list("abcd"))
    for _ in range(300):
        name, target = ("".join(rng.choice(letters, int(rng.integers(2, 10)))) for _ in range(2))
        cuts = itertools.combinations(range(len(name) + 1), 2)
        spans = {(first, last): OSA.distance(name[first:last], target) for first, last in cuts}
        ending = [distance for (_, last), distance in spans.items() if last == len(name)]
        starting = [distance for (first, _), distance in spans.items() if first == 0]
        assert distances(name, target) == (min(spans.values()), min(ending))
        assert distances(name, target, anywhere=False) == (min(starting), OSA.distance(name, target))


def test_pairs_are_measured_side_by_side() -> None:
    names = ["login-paypol", "x", "paypal", ""]
    alphabet = Alphabet(["paypal"])
    read = alphabet.read(names)
    targets = alphabet.read(["laypap", "paypal"])
    nearest, ending = side_by_side(read, targets, [0, 1, 2, 3], [1, 1, 1, 1])
    assert nearest.tolist() == [1, 6, 0, 6]
    assert ending.tolist() == [1, 6, 0, FAR]
    nearest, ending = side_by_side(read, targets, [2, 0, 2], [1, 1, 0])
    assert nearest.tolist() == ending.tolist() == [0, 1, 2]


def test_the_longest_target_still_fits_a_byte() -> None:
    brand = "ab" * 31 + "c"
    assert distances("x-" + brand, brand) == (0, 0)
    assert distances("x" * 63, brand, anywhere=False) == (FAR, FAR)
