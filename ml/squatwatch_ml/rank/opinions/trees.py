"""Boosted trees: what evidence says together with other evidence. Fitted by LightGBM, applied by numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Tree(NamedTuple):
    """A tree of n splits, the first of which every row comes to, and n + 1 leaves.

    A row goes from split i to `left[i]` if its number `features[i]` is `limits[i]` or less, else to `right[i]`. Both
    are the number of a later split, or -1 - leaf. `values` are the leaves' log-odds.
    """

    features: NDArray[np.int64]
    limits: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    values: NDArray[np.float64]


def log_odds(numbers: NDArray[np.float64], trees: Sequence[Tree], class_count: int) -> NDArray[np.float64]:
    """Return float64 [rows, classes]: the sum of each class's trees, which take turns, for float64 [rows, numbers]."""
    sums = np.zeros((class_count, len(numbers)))
    columns = np.ascontiguousarray(numbers.T)
    for turn, tree in enumerate(trees):
        sums[turn % class_count] += _answers(columns, tree)
    return np.ascontiguousarray(sums.T)


def demand_sound(tree: Tree, number_count: int) -> None:
    """Raise ValueError where a row could go round in a tree, or to a split, a leaf or a number that is not there."""
    splits = np.arange(len(tree.features))
    lengths = {len(tree.limits), len(tree.left), len(tree.right), len(tree.values) - 1}
    if lengths != {len(splits)} or not len(splits):
        raise ValueError("a tree whose parts differ in length")
    if not ((tree.features >= 0) & (tree.features < number_count)).all():
        raise ValueError("a tree that reads a number that is not there")
    for following in (tree.left, tree.right):
        is_later_split = (following > splits) & (following < len(splits))
        is_leaf = (following < 0) & (following >= -len(tree.values))
        if not (is_later_split | is_leaf).all():
            raise ValueError("a tree that leads to no leaf")
    if not (np.isfinite(tree.limits).all() and np.isfinite(tree.values).all()):
        raise ValueError("a tree whose numbers are not finite")


def _answers(columns: NDArray[np.float64], tree: Tree) -> NDArray[np.float64]:
    """Return float64 [rows]: the value of the leaf that each row comes to, for float64 [numbers, rows].

    All rows are asked at all splits, the last first: with so few of them that costs less than to follow each row.
    """
    leaves = [*tree.values[::-1]]  # leaf n stands at -1 - n, as `left` and `right` have it
    answers: list[NDArray[np.float64] | np.float64] = [*tree.values[: len(tree.features)], *leaves]
    for split in range(len(tree.features) - 1, -1, -1):
        goes_left = columns[tree.features[split]] <= tree.limits[split]
        answers[split] = np.where(goes_left, answers[tree.left[split]], answers[tree.right[split]])
    return np.asarray(answers[0])
