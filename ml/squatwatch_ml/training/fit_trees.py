"""Fits the trees of a ranker by LightGBM (Ke et al. 2017), which only who fits a ranker needs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.rank.opinions.trees import Tree
from squatwatch_ml.training.extra import need

ROUNDS = 200
SETTINGS = {
    "objective": "multiclass",
    "learning_rate": 0.05,
    "num_leaves": 8,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "deterministic": True,
    "num_threads": 1,
    "verbosity": -1,
}
PLACES = 6


def fit_trees(
    numbers: NDArray[np.float64],
    classes: NDArray[np.int64],
    class_count: int,
    row_weights: NDArray[np.float64],
    chosen: NDArray[np.bool_],
    seed: int = 1,
) -> list[Tree]:
    """Return trees of the numbers that are `chosen`, of each class in turn.

    `numbers` is float64 [rows, numbers], `classes` int64 [rows], `chosen` bool [numbers]. The same input and seed give
    the same trees. Raises MissingExtra without LightGBM.
    """
    lightgbm = need("lightgbm")
    columns = np.flatnonzero(chosen)
    data = lightgbm.Dataset(numbers[:, columns], classes, weight=row_weights / row_weights.mean())
    settings = {**SETTINGS, "num_class": class_count, "seed": seed}
    booster = lightgbm.train(settings, data, num_boost_round=ROUNDS)
    return [_tree(written["tree_structure"], columns) for written in booster.dump_model()["tree_info"]]


def _tree(written: dict[str, Any], columns: NDArray[np.int64]) -> Tree:
    """Return a tree of LightGBM's as arrays, splits before those that follow on them."""
    if "leaf_value" in written:  # nothing was left to split: both ways lead to its value
        value = round(written["leaf_value"], PLACES)
        return Tree(np.zeros(1, np.int64), np.zeros(1), np.array([-1]), np.array([-2]), np.array([value, value]))
    splits: list[tuple[int, float, int, int]] = []
    values: list[float] = []

    def place(node: dict[str, Any]) -> int:
        if "leaf_value" in node:
            values.append(round(node["leaf_value"], PLACES))
            return -len(values)
        at = len(splits)
        splits.append((0, 0.0, 0, 0))
        followed = place(node["left_child"]), place(node["right_child"])
        splits[at] = (int(columns[node["split_feature"]]), float(node["threshold"]), *followed)
        return at

    place(written)
    features, limits, left, right = (np.array(column) for column in zip(*splits, strict=True))
    return Tree(features, limits, left, right, np.array(values))
