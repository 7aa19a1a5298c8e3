"""What most names of a wave are, the others count for: they are lifted over their threshold, or out of a fold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.rank.ranked import ScoredPairs

SMALLEST = 3  # names of a wave: of two, one alone would lift the other


def mostly(wave_ids: Sequence[str | None], holds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return bool [pairs]: whether something holds of at least half of a name's wave of SMALLEST names or more."""
    sizes = Counter(wave_ids)
    holding = Counter(wave for wave, is_so in zip(wave_ids, holds.tolist(), strict=True) if is_so)
    most = {wave for wave, size in sizes.items() if wave and size >= SMALLEST and 2 * holding[wave] >= size}
    return np.array([wave in most for wave in wave_ids], bool)


def lifted(pairs: ScoredPairs, wave_ids: Sequence[str | None], is_other: NDArray[np.bool_]) -> list[str]:
    """Return why each name is lifted, "" where it is not.

    A name is lifted if it is neither flagged nor excused, does not mean something else (`is_other`), and its wave has
    at least SMALLEST names, of which at least half are flagged. Where nobody says what is flagged, none is.
    """
    if not len(pairs.flagged):
        return [""] * len(wave_ids)
    sizes = Counter(wave_ids)
    flagged = Counter(wave for wave, is_flagged in zip(wave_ids, pairs.flagged, strict=True) if is_flagged)
    lifts = mostly(wave_ids, np.array(pairs.flagged, bool))
    stays = zip(pairs.flagged, pairs.excused, is_other, strict=True)
    return [
        f"lifted: {flagged[wave]} of {sizes[wave]} names alike on this day are flagged" if lift and not any(why) else ""
        for wave, lift, why in zip(wave_ids, lifts, stays, strict=True)
    ]
