"""The fate of each letter of a brand in the span that imitates it: kept, replaced, lost, added, swapped.

The cheapest way from brand to span is found by the table of the optimal string alignment distance (Wagner and Fischer
1974, with swaps of neighbours): cell (i, j) has the price of turning the first j letters of the brand into the first i
of the span, and remembers the step that led there; read backwards from the last cell, the steps are the way. An edit
costs 100 and a letter that only looks like the brand's costs 1. So the number of edits is what `Match.distance` counts
and, of ways with as many edits, the one with fewest look-alikes is chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from squatwatch_ml.pair.match import Match

KEPT, LOOKS, REPLACED, MISSING, EXTRA, SWAPPED = "kept", "looks", "replaced", "missing", "extra", "swapped"
EDIT = 100


class Change(NamedTuple):
    """A place where the name has `written` and the brand `meant`; one is empty for what was added or left out."""

    kind: str
    written: str
    meant: str
    is_double: bool = False  # what was added repeats the letter beside it

    def __str__(self) -> str:
        return f"{self.written}>{self.meant}"


def changes(label: str, match: Match) -> list[Change]:
    """Return every place where the span differs from the brand as written, from left to right; none for a reorder.

    `label` as given to `best_match`, in lower case. A hyphen inside the span is no change.
    """
    if match.is_reorder or not match.span:
        return []
    written = [
        label[match.view.starts[at] : match.view.ends[at]] for at in range(match.first, match.first + len(match.span))
    ]
    if match.span == match.target and tuple(written) == match.pieces:
        return []
    alterations: list[Change] = []
    last_place = None
    for step in _trace(match.span, match.target, written, match.pieces):
        change = _change(step, match, written)
        # letters lost side by side are one change, and so is a character that stands for two letters: `æ` for `ae`
        place = (change.kind, match.view.starts[match.first + step.at] if change.kind == LOOKS else 0)
        if change.kind in (LOOKS, MISSING) and place == last_place:
            alterations[-1] = alterations[-1]._replace(meant=alterations[-1].meant + change.meant)
        elif change.kind != KEPT:
            alterations.append(change)
        last_place = place
    return alterations


class _Step(NamedTuple):
    """One step of an alignment: where it begins in span and target, and how many letters of each it takes."""

    kind: str
    at: int
    brand_at: int
    size: int
    brand_size: int


def _change(step: _Step, match: Match, written: list[str]) -> Change:
    """Return one step in the letters of the name and of the brand as they are written."""
    here = "".join(written[step.at : step.at + step.size])
    meant = "".join(match.pieces[step.brand_at : step.brand_at + step.brand_size])
    kind = LOOKS if step.kind == KEPT and here != meant else step.kind
    beside = match.span[max(step.at - 1, 0) : step.at] + match.span[step.at + 1 : step.at + 2]
    return Change(kind, here, meant, kind == EXTRA and match.span[step.at] in beside)


def _trace(span: str, target: str, written: Sequence[str], pieces: Sequence[str]) -> list[_Step]:
    """Return the cheapest way from target to span, from the left; of several, the one with fewest look-alikes."""
    cost = [[0] * (len(target) + 1) for _ in range(len(span) + 1)]
    came = {}
    for at in range(len(span) + 1):
        for brand_at in range(len(target) + 1):
            ways = [
                (
                    cost[at - size][brand_at - brand_size] + price,
                    _Step(kind, at - size, brand_at - brand_size, size, brand_size),
                )
                for kind, size, brand_size, price in _ways(span, target, written, pieces, at, brand_at)
            ]
            if ways:
                cost[at][brand_at], came[at, brand_at] = min(ways, key=lambda way: way[0])
    at, brand_at, steps = len(span), len(target), []
    while at or brand_at:
        steps.append(came[at, brand_at])
        at, brand_at = steps[-1].at, steps[-1].brand_at
    return steps[::-1]


def _ways(
    span: str, target: str, written: Sequence[str], pieces: Sequence[str], at: int, brand_at: int
) -> Iterator[tuple[str, int, int, int]]:
    """Yield the steps that can end here: kind, letters of span and of target, price."""
    if at and brand_at:
        if span[at - 1] == target[brand_at - 1]:
            yield KEPT, 1, 1, int(written[at - 1] != pieces[brand_at - 1])
        else:
            yield REPLACED, 1, 1, EDIT
    if at > 1 and brand_at > 1 and span[at - 2 : at] == target[brand_at - 1] + target[brand_at - 2]:
        yield SWAPPED, 2, 2, EDIT
    if at:
        yield EXTRA, 1, 0, EDIT
    if brand_at:
        yield MISSING, 0, 1, EDIT
