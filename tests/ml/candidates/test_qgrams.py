"""Names and brands that have letter pairs in common."""

from __future__ import annotations

import pytest

from squatwatch_ml.candidates.qgrams import LONGEST, Alphabet, Index


def sharing(names: list[str], targets: list[str]) -> list[tuple[int, int]]:
    alphabet = Alphabet(targets)
    found = Index(alphabet.read(targets), alphabet).sharing(alphabet.read(names))
    return sorted(zip(*(indices.tolist() for indices in found), strict=True))


@pytest.mark.parametrize(
    ("name", "target", "shares"),
    [
        ("dollars", "collard", True),  # ol, ll, la, ar
        ("goodhlong", "dhl", True),  # dh, hl
        ("my-dog-all", "dhl", True),  # one part begins like it, another ends like it
        ("my-dog-ale", "dhl", False),
        ("x-del", "dhl", True),  # the borders of a part count as letters
        ("xdel", "dhl", False),
        ("d-h-l", "dhl", True),  # hyphens do not part letters
        ("xababx", "abba", True),  # ab and ba
        ("xabxabx", "abba", False),  # ab twice counts once
        ("ünü", "ünx", True),
        ("", "dhl", False),
        ("日本", "日本銀行", True),
    ],
)
def test_two_letter_pairs_in_common(name: str, target: str, shares: bool) -> None:
    assert bool(sharing([name], [target])) is shares


def test_all_names_meet_all_targets() -> None:
    assert sharing(["garden", "paypal-amazon", "amazone"], ["amazon", "paypal"]) == [(1, 0), (1, 1), (2, 0)]


def test_parts_are_marked_in_the_joined_letters() -> None:
    texts = Alphabet(["abc"]).read(["-a--bx", "c", ""])
    assert texts.letters.tolist() == [[1, 2, 0], [3, 0, 0], [0, 0, 0]]  # x is in no target
    assert texts.starts.tolist() == [[True, True, False], [True, False, False], [False] * 3]
    assert texts.ends.tolist() == [[True, False, True], [True, False, False], [False] * 3]
    assert texts.lengths.tolist() == [3, 1, 0]


def test_only_the_front_of_an_absurd_name_is_read() -> None:
    assert Alphabet(["abc"]).read(["a" * 1_000_000]).letters.shape == (1, LONGEST)
