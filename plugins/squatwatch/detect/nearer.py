"""Several brands in one name: the one that is meant is raised, and what is only a part of its letters is set aside.

`applebees-menu` scores high for apple too, `commbank-assist` for commerzbank. Where two spans of a name overlap, the
brand is meant that more of the name's letters are explained by. Two brands side by side (`paypal-amazon-login`) and a
brand that stands apart from the other as well (`apple-for-applebees`) are all meant.

This is the rule's one home. It looks at the pairs of one name and at nothing else, so a whole date, a shard of it and
the server say the same. Scores stay as they are: they are of a name and a brand, whatever other brands are watched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

AS_SURE = 0.05  # of a score: what a nearer brand may lack


class Told(NamedTuple):
    """A pair of name and brand that has an explanation, as the columns of detections have it."""

    name: str
    label: str
    brand: str
    score: float
    threshold: float
    matched_text: str
    aligned: Sequence[str]


def nearer_brands(pairs: Iterable[Told]) -> dict[tuple[str, str], str]:
    """Return, by name and brand of each pair that is not meant, the brand that is."""
    nearer = {}
    for _, group in groupby(sorted(pairs, key=lambda pair: pair.name), key=lambda pair: pair.name):
        meant: list[Told] = []
        for pair in sorted(group, key=lambda pair: (-_explained(pair), -pair.score, pair.brand)):
            if whole := next((other for other in meant if _is_part(pair, other)), None):
                nearer[pair.name, pair.brand] = whole.brand
            elif pair.score >= pair.threshold:
                meant.append(pair)
    return nearer


def words(brand: str) -> str:
    """Return the reason, as the column `allowlist_reason` has it."""
    return f"nearer to {brand}"


def _is_part(pair: Told, other: Told) -> bool:
    """Tell whether another brand explains more of the name wherever this one stands, and does so as surely."""
    if _explained(other) <= _explained(pair) or other.score + AS_SURE < pair.score:
        return False
    places, others = _places(pair), _places(other)
    return bool(places) and all(any(set(place) & set(beside) for beside in others) for place in places)


def _explained(pair: Told) -> int:
    """Return how many letters of the name are the brand's: those of the span, less each that is altered or missing."""
    letters = sum(map(str.isalnum, pair.matched_text))
    return letters - sum(max(map(len, change.split(">", 1))) for change in pair.aligned)


def _places(pair: Told) -> list[range]:
    """Return where the span stands in the label."""
    size = len(pair.matched_text)
    if not size:
        return []
    starts = [at for at in range(len(pair.label)) if pair.label.startswith(pair.matched_text, at)]
    return [range(at, at + size) for at in starts]
