"""The fewest edits that turn a target into some span of a name, for many pairs at once.

This is Sellers' algorithm (1980), edit distance in which a span may begin anywhere at no cost, with neighbouring
letters swapped counted as one edit (optimal string alignment). The table of one pair has a row for each number of
letters of the target, and a column for each letter of the name; a cell is the fewest edits between so many first
letters of the target and the nearest span that ends at that letter of the name. It follows from its neighbours: from
the left (a letter of the name added), from above (a letter of the target missing), from the left above (kept or
replaced), and, for a swap, from two columns before and two rows above. The last row therefore has the edits to the
nearest span that ends at each letter, and its minimum is the answer.

Where spans may start only at the beginning of a part, all other places are made FAR to begin at; where they may end
only at the end of one, the other columns are not looked at. numpy works on one column of the tables of all pairs at a
time, in bytes: a batch of 16,000 pairs costs a dozen operations a letter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FAR = 40  # edits that are as good as no likeness; a byte holds them with the letters of a target added


def fewest_edits(
    letters: NDArray[np.unsignedinteger],
    targets: NDArray[np.unsignedinteger],
    starts: NDArray[np.bool_] | None,
    ends: NDArray[np.bool_],
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Return the edits to the nearest span of each name, and to the nearest span that ends where `ends` is true.

    `letters` [pairs, L] and `targets` [pairs, m], m up to 63: codes; a name shorter than L ends with codes that no
    target has. `starts` [pairs, L]: where a span may start; None for anywhere. `ends` [pairs, L]: where it may end.
    Both results are int8 [pairs], FAR at most and where no span may start or end. Spans have a letter or more.
    """
    count, size = targets.shape
    target, text, end = (np.ascontiguousarray(table.T) for table in (targets, letters, ends))
    start = _start_costs(letters.shape, starts)
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


def _start_costs(shape: tuple[int, ...], starts: NDArray[np.bool_] | None) -> NDArray[np.int8]:
    """Return int8 [L + 1, pairs]: 0 where a span may start before this letter, else FAR."""
    costs = np.zeros((shape[1] + 1, shape[0]), np.int8)
    if starts is not None:
        costs[:-1], costs[-1] = FAR * ~starts.T, FAR
    return costs
