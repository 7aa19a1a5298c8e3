"""What goes into a ranking and what comes out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class ScoredPairs(NamedTuple):
    """Pairs of one date that the network scored: registrable domain, its Unicode label, brand, score from 0 to 1.

    `flagged`: whether the score reaches its threshold and nothing excuses the name; `excused`: whether an allowlist
    does. Both are empty where no thresholds are known.
    """

    domains: Sequence[str]
    labels: Sequence[str]
    brands: Sequence[str]
    scores: NDArray[np.float64]
    flagged: Sequence[bool] = ()
    excused: Sequence[bool] = ()


class JudgedPairs(NamedTuple):
    """Pairs that analysts judged on dates before the ranked one. `is_squat[i]` is False for `not_squat` and `own`."""

    domains: Sequence[str]
    labels: Sequence[str]
    brands: Sequence[str]
    is_squat: Sequence[bool]


class Ranking(NamedTuple):
    """The ranking of pairs, in their order.

    `squat`, `use`, `other`: calibrated probabilities, 0 to 1 in five places, together 1. `priority`: what the queue is
    ordered by, 0 to 1. `taken_for`: squat, use or other, which the queue tells apart. `components`: by kind of
    evidence (`brand`, `wave`, `memory`) how far it moves the log-odds of `squat`; above 0 speaks for a squat. `notes`:
    sentences that say so, "" where there is nothing to say. `wave_ids`: names of one brand and shape have the same one,
    None for a name that stands alone; `wave_sizes`: how many names of the date are in it, 1 for a name that stands
    alone. `is_lifted`: whether a name that is not flagged is to be looked at with its wave, of which at least half is.
    """

    squat: NDArray[np.float64]
    use: NDArray[np.float64]
    other: NDArray[np.float64]
    priority: NDArray[np.float64]
    taken_for: list[str]
    components: dict[str, NDArray[np.float64]]
    notes: list[str]
    wave_ids: list[str | None]
    wave_sizes: list[int]
    is_lifted: list[bool]
