"""The fewest edits that turn a target into some span of a name, for many pairs at once.

Sellers' algorithm (approximate substring search, 1980) with neighbouring letters swapped counted as one edit (optimal
string alignment). numpy works on one column of the table for all pairs at a time.
"""

from __future__ import annotations

import numpy as np

FAR = 40  # edits that are as good as no likeness; a byte holds them with the letters of a target added


def fewest_edits(
    letters: np.ndarray, targets: np.ndarray, starts: np.ndarray | None, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Edits to the nearest span of each name, and to the nearest span that ends where `ends` is true.

    `letters` (pairs, L) and `targets` (pairs, m), m up to 63: codes; a name shorter than L ends with codes that no
    target has. `starts` (pairs, L) bool: where a span may start; None for anywhere. `ends` (pairs, L) bool.
    Returns two (pairs,) int8, FAR at most and where no span may start or end. Spans have a letter or more.
    """
    count, size = targets.shape
    target, text, end = (np.ascontiguousarray(table.T) for table in (targets, letters, ends))
    start = _start_costs(letters.shape, starts)
    nearest, nearest_ending = np.full((2, count), FAR, np.int8)
    # column[row]: edits between the first `row` letters of the target and the nearest span that ends here
    column = start[0] + np.arange(size + 1, dtype=np.int8)[:, None]
    before, differs_before = None, None
    for at in range(len(text)):
        differs = target != text[at]
        following = np.empty_like(column)
        np.minimum(column[0] + 1, start[at + 1], out=following[0])  # start here, or earlier with one letter more
        np.minimum(column[:-1] + differs, column[1:] + 1, out=following[1:])
        if before is not None:
            swapped = before[:-2] + 1
            swapped[differs_before[1:] | differs[:-1]] = FAR
            np.minimum(following[2:], swapped, out=following[2:])
        for row in range(1, size + 1):
            np.minimum(following[row], following[row - 1] + 1, out=following[row])
        np.minimum(nearest, following[size], out=nearest)
        np.minimum(nearest_ending, np.where(end[at], following[size], FAR), out=nearest_ending)
        before, column, differs_before = column, following, differs
    return nearest, nearest_ending


def _start_costs(shape: tuple[int, int], starts: np.ndarray | None) -> np.ndarray:
    """(L + 1, pairs) int8: 0 where a span may start before this letter, else FAR."""
    costs = np.zeros((shape[1] + 1, shape[0]), np.int8)
    if starts is not None:
        costs[:-1], costs[-1] = FAR * ~starts.T, FAR
    return costs
