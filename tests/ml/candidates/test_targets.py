"""What is looked for in names for a brand."""

from __future__ import annotations

import itertools

import pytest

from squatwatch_ml.candidates.targets import ALLOWED, Allowed, rotations_of, targets_of


@pytest.mark.parametrize(
    ("brand", "texts"),
    [
        ("PayPal", ["paypal"]),
        ("bank of america", ["bankofamerlca"]),  # i, l and 1 are one letter
        ("microsoft", ["mlcrosoft"]),
        ("turner", ["tumer", "turner", "tumem"]),  # and as in turnernow
        ("kim", ["klm"]),
        ("orange", ["orange", "omge"]),  # its a lost, r and n meet
        ("henry", ["henry", "hemy"]),
        ("uber", ["uber", "ubem"]),  # as in ubernow
        ("x", []),
        ("", []),
        ("a" * 64, []),
    ],
)
def test_the_skeleton_and_what_letter_pairs_make_of_it(brand: str, texts: list[str]) -> None:
    assert [target.text for target in targets_of(brand)] == texts


def test_a_form_that_took_an_edit_is_allowed_one_fewer() -> None:
    allowed = {target.text: target.allowed for target in targets_of("orange")}
    assert allowed == {"orange": Allowed(1, 1, 2), "omge": Allowed(0, 0, 1)}


def test_more_is_allowed_at_the_borders_of_a_part_and_in_longer_brands() -> None:
    assert all(allowed.inside <= allowed.edge <= allowed.whole for allowed in ALLOWED.values())
    for shorter, longer in itertools.pairwise(ALLOWED.values()):
        assert all(few <= many for few, many in zip(shorter, longer, strict=True))


def test_the_front_moved_to_the_end() -> None:
    assert rotations_of("paypal") == {"ypalpa", "palpay", "alpayp"}
    assert rotations_of("turner") == {"nertur", "ertum", "mertu"}  # between the r and the n, and elsewhere
    assert rotations_of("dhl") == set()
