"""The fewest edits that turn a target into some span of a name, for many pairs at once.

This is Sellers' algorithm (1980), edit distance in which a span may begin anywhere at no cost, with neighbouring
letters swapped counted as one edit (optimal string alignment). The table of one pair has a row for each number of
letters of the target, and a column for each letter of the name; a cell is the fewest edits between so many first
letters of the target and the nearest span that ends at that letter of the name. It follows from its neighbours: from
the left (a letter of the name added), from above (a letter of the target missing), from the left above (kept or
replaced), and, for a swap, from two columns before and two rows above. The last row therefore has the edits to the
nearest span that ends at each letter, and its minimum is the answer.

Where spans may start anywhere, neighbouring cells differ by one at most. So a column is kept as the bits of a few
numbers, which say where cells grow or fall, and a column follows from the one before by a score of operations on whole
numbers (Myers 1999; with swaps Hyyro 2003). Where spans may start only at the beginning of a part, all other places are
made FAR to begin at, and the column is computed cell by cell, in bytes. Where they may end only at the end of a part,
the other columns are not looked at. numpy works on one column of all pairs at a time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FAR = 40  # edits that are as good as no likeness; a byte holds them with the letters of a target added

Codes = NDArray[np.unsignedinteger]
Edits = NDArray[np.int8]


def letter_places(targets: Codes) -> NDArray[np.uint64]:
    """Return uint64 [targets, codes]: at which letters of each target, of 63 at most, a code stands, as bits."""
    places = np.zeros((len(targets), int(targets.max(initial=0)) + 1), np.uint64)
    for column, codes in enumerate(targets.T):
        places[np.arange(len(targets)), codes] |= np.uint64(1 << column)
    places[:, 0] = 0  # what is behind a target's end
    return places


def end_costs(ends: NDArray[np.bool_]) -> Edits:
    """Return int8 [L, names]: 0 where a span may end after this letter, else FAR; `ends` is [names, L]."""
    return np.where(np.ascontiguousarray(ends.T), np.int8(0), np.int8(FAR))


def fewest_edits(
    letters: Codes,
    costs: Edits,
    places: NDArray[np.uint64],
    size: int,
    name: NDArray[np.integer],
    target: NDArray[np.integer],
) -> tuple[Edits, Edits]:
    """Return the edits to the nearest span of each pair, and to the nearest span that ends where it may.

    `letters` [L, names]: codes; a name shorter than L ends with codes that no target has. `costs`: of ends
    (`end_costs`). `places`: of targets (`letter_places`). `name`, `target` [pairs]: of which of these a pair is; all
    targets have `size` letters. Both results are int8 [pairs], FAR at most. Spans have a letter or more.
    """
    kind = np.min_scalar_type((1 << size) - 1)
    flat, row = places.astype(kind).ravel(), target.astype(np.intp) * places.shape[1]
    name = name.astype(np.intp)
    nearest, nearest_ending = np.full((2, len(name)), FAR, np.int8)
    edits = np.full(len(name), size, np.int8)  # in the last row
    last = kind.type(1 << (size - 1))
    # cells of a column that are as those to the left above them, and those one more or one less than those above them
    same, more, less, before = (np.full(len(name), number, kind) for number in (0, np.iinfo(kind).max, 0, 0))
    for letter, cost in zip(letters, costs, strict=True):
        here = flat.take(row + letter.take(name))
        swapped = ((~same & here) << 1) & before
        same = (((here & more) + more) ^ more) | here | less | swapped
        grown, fallen = less | ~(same | more), same & more  # beside those to the left of them
        edits += (grown & last) != 0
        edits -= (fallen & last) != 0
        grown <<= 1
        more, less, before = (fallen << 1) | ~(same | grown), grown & same, here
        np.minimum(nearest, edits, out=nearest)
        np.minimum(nearest_ending, edits + cost.take(name), out=nearest_ending)
    return nearest, nearest_ending


def fewest_edits_from_starts(
    letters: Codes, targets: Codes, starts: NDArray[np.bool_], ends: NDArray[np.bool_]
) -> tuple[Edits, Edits]:
    """Return the same of spans that start where `starts` is true, and of those that end where `ends` is true as well.

    `letters`, `starts`, `ends` [pairs, L]: of each pair's name; `targets` [pairs, m]: the letters of its target, m up
    to 63.
    """
    count, size = targets.shape
    target, text, end = (np.ascontiguousarray(table.T) for table in (targets, letters, ends))
    start = np.full((letters.shape[1] + 1, count), FAR, np.int8)
    start[:-1][starts.T] = 0
    nearest, nearest_ending = np.full((2, count), FAR - size, np.int8)
    # column[row] + row: edits between the first `row` letters of the target and the nearest span that ends here. Less
    # `row`, a letter of the target missing costs nothing more: what comes from above is the minimum so far
    before = column = np.repeat(start[:1], size + 1, axis=0)
    same_before = np.zeros((size, count), bool)
    for at in range(len(text)):
        same = target == text[at]
        following = np.empty_like(column)
        np.minimum(column[0] + 1, start[at + 1], out=following[0])  # start here, or earlier with one letter more
        np.minimum(column[:-1] - same, column[1:] + 1, out=following[1:])
        swapped = before[:-2] - (same_before[1:] & same[:-1])  # where there is no swap it is no way, and none too cheap
        np.minimum(following[2:], swapped, out=following[2:])
        for row in range(1, size + 1):
            np.minimum(following[row], following[row - 1], out=following[row])
        np.minimum(nearest, following[size], out=nearest)
        np.minimum(nearest_ending, np.where(end[at], following[size], FAR - size), out=nearest_ending)
        before, column, same_before = column, following, same
    return nearest + size, nearest_ending + size
