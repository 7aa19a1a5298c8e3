"""Targets that names are searched for: a brand's skeleton, its forms by letter pairs, and how near is near."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from squatwatch_ml.pair.match import brand_views
from squatwatch_ml.text.skeleton import LETTER_PAIRS, contract, fold
from squatwatch_ml.text.spelling import spellings

LONGEST_BRAND = 63  # letters of a label
SHARP_S = ("ss", fold("ß"))
SHORTEST_FORM = 4  # letters of a brand that lost some to a letter pair


class Allowed(NamedTuple):
    """Edits within which a span is near; negative for never near."""

    inside: int  # between other letters
    edge: int  # at the start or at the end of a part between hyphens
    whole: int  # from the start of a part to the end of one


# By letters of the brand, the last for longer ones. Inside a longer word an edit is weak evidence, and two in a short
# brand lead to another word; a part of its own is strong. Of five letters, an edge is dear where what is left of the
# brand ends many words: `ionos` has 1,300 candidates of 150,000 names (…ions), other brands of five 70 on average.
ALLOWED = {
    2: Allowed(-1, -1, 0),
    3: Allowed(-1, 0, 0),
    4: Allowed(-1, 0, 1),
    5: Allowed(0, 1, 1),
    6: Allowed(1, 1, 2),
    7: Allowed(1, 2, 2),
    8: Allowed(2, 2, 3),
    9: Allowed(2, 2, 3),
    10: Allowed(2, 3, 4),
}


class Target(NamedTuple):
    """A text to look for and the edits within which it is near."""

    text: str
    allowed: Allowed


class BrandForms(NamedTuple):
    """A brand folded: `plain` letter by letter, `seen` with letter pairs read as one (its skeleton)."""

    plain: str
    seen: str


def brand_forms(brand: str) -> list[BrandForms]:
    """Return the brand folded, once for each of its spellings: the brand as written, then transliterated."""
    forms = []
    for spelling in spellings(brand):
        (plain, _), (seen, _) = brand_views(spelling)
        forms.append(BrandForms(plain, seen))
    return forms


def targets_of(brand: str) -> Iterator[Target]:
    """Yield the brand's skeletons, and how they look where an edit or a neighbour makes or breaks a letter pair.

    Nothing for a brand of one letter or of more than 63.
    """
    for forms in brand_forms(brand):
        yield from _targets_of(*forms)


def _targets_of(plain: str, seen: str) -> Iterator[Target]:
    if not 2 <= len(seen) <= len(plain) <= LONGEST_BRAND:
        return
    allowed = ALLOWED[min(len(seen), max(ALLOWED))]
    yield Target(seen, allowed)
    if plain != seen:  # `turener` for `turner`, whose skeleton is `tumer`
        yield Target(plain, allowed)
    if allowed.inside < 1:  # `ubemow` is `ubernow`; one edit inside covers it for longer brands
        for text in _met_by_a_neighbour(seen):
            yield Target(text, Allowed(*(min(edits, 0) for edits in allowed)))
    if SHARP_S[0] in seen:  # `weiß` looks like `weib`, which is two edits from `weiss`
        yield Target(seen.replace(*SHARP_S), Allowed(*(min(edits, 0) for edits in allowed)))
    for text in _met_after_an_edit(seen):
        yield Target(text, Allowed(*(edits - 1 for edits in allowed)))


def rotations_of(brand: str) -> set[str]:
    """Return skeletons of the brand with its front moved to its end, two letters or more on each side."""
    texts = {text for forms in brand_forms(brand) for text in forms}
    turned = {contract(text[cut:] + text[:cut]) for text in texts for cut in range(2, len(text) - 1)}
    return turned - texts


def _met_by_a_neighbour(brand: str) -> Iterator[str]:
    """Yield how the brand looks where its last or first letter makes a pair with a letter beside it."""
    if len(brand) < 3:
        return
    for pair, letter in LETTER_PAIRS:
        if brand.endswith(pair[0]):
            yield brand[:-1] + letter
        if brand.startswith(pair[1]):
            yield letter + brand[1:]


def _met_after_an_edit(brand: str) -> Iterator[str]:
    """Yield how the brand looks where two letters make a pair, the one between them gone (`ornge`) or they swapped."""
    for pair, letter in LETTER_PAIRS:
        first, second = pair[0], pair[1]
        for place in re.finditer(f"(?={first}[^{first}{second}]{second}|{second}{first})", brand):
            at = place.start()
            gone = 3 if brand[at] == first else 2
            text = brand[:at] + letter + brand[at + gone :]
            if len(text) >= SHORTEST_FORM:
                yield text
