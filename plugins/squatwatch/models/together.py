"""Several networks that score as one: each pair of label and brand by the network of the brand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from squatwatch.models.in_force import ModelsInForce


class Network(Protocol):
    """A loaded network, with the methods of `squatwatch.detect.score.Scorer` that are called here."""

    @property
    def device(self) -> str: ...  # noqa: D102

    def base_threshold(self, brand: str) -> float: ...  # noqa: D102

    def judge(  # noqa: D102
        self, labels: Sequence[str], brands: Sequence[str], floor: float, *, with_components: bool = True
    ) -> tuple[Any, Any, Any, Any]: ...


class Together:
    """The networks in force as one `Scorer`; each is loaded when a pair for it comes.

    `network_in(folder)` returns a loaded one.
    """

    def __init__(self, models: ModelsInForce, network_in: Callable[[Path], Network]):
        self._models, self._network_in = models, network_in
        self.model_version = models.version

    @property
    def device(self) -> str:
        """The device on which the networks run."""
        return str(self._network_in(self._models.general.folder).device)

    def base_threshold(self, brand: str) -> float:
        """Return the threshold that the brand's network has for a brand of this kind."""
        return self._network_in(self._models.of(brand).folder).base_threshold(brand)

    def judge(
        self, labels: Sequence[str], brands: Sequence[str], floor: float, *, with_components: bool = True
    ) -> tuple[np.ndarray, np.ndarray, list[Any], Mapping[str, np.ndarray]]:
        """Return scores of all pairs, and rows, explanations and components of those that score `floor` or more."""
        of_folder: dict[Path, list[int]] = {}
        for row, brand in enumerate(brands):
            of_folder.setdefault(self._models.of(brand).folder, []).append(row)
        scores = np.zeros(len(labels))
        parts = []
        for folder, rows in of_folder.items():
            network = self._network_in(folder)
            of_folder_labels, of_folder_brands = [labels[row] for row in rows], [brands[row] for row in rows]
            judged = network.judge(of_folder_labels, of_folder_brands, floor, with_components=with_components)
            scores[rows] = judged[0]
            parts.append((np.array(rows, np.int64)[judged[1]], judged[2], judged[3]))
        return scores, *_in_order(parts)


def _in_order(
    parts: Sequence[tuple[np.ndarray, Sequence[Any], Mapping[str, np.ndarray]]],
) -> tuple[np.ndarray, list[Any], dict[str, np.ndarray]]:
    """Return rows, explanations and components of all parts, by row."""
    rows = np.concatenate([np.zeros(0, np.int64), *(part[0] for part in parts)])
    order = np.argsort(rows, kind="stable")
    explanations = [explanation for part in parts for explanation in part[1]]
    kinds = list(parts[0][2]) if parts else []
    components = {kind: np.concatenate([part[2][kind] for part in parts])[order] for kind in kinds}
    return rows[order], [explanations[at] for at in order], components
