"""Names below their threshold that are lifted, because of the names like them on that day at least half are flagged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.rank.ranked import ScoredPairs

SMALLEST = 3  # names of a wave: of two, one alone would lift the other


def lifted(pairs: ScoredPairs, wave_ids: Sequence[str | None], is_other: NDArray[np.bool_]) -> list[str]:
    """Return why each name is lifted, "" where it is not.

    A name is lifted if it is neither flagged nor excused, does not mean something else (`is_other`), and its wave has
    at least SMALLEST names, of which at least half are flagged. Where nobody says what is flagged, none is.
    """
    if not len(pairs.flagged):
        return [""] * len(wave_ids)
    sizes = Counter(wave_ids)
    flagged = Counter(wave for wave, is_flagged in zip(wave_ids, pairs.flagged, strict=True) if is_flagged)
    why: dict[str | None, str] = {
        wave: f"lifted: {flagged[wave]} of {size} names alike on this day are flagged"
        for wave, size in sizes.items()
        if wave and size >= SMALLEST and 2 * flagged[wave] >= size
    }
    stays = zip(pairs.flagged, pairs.excused, is_other, strict=True)
    return ["" if any(reasons) else why.get(wave, "") for wave, reasons in zip(wave_ids, stays, strict=True)]
