"""The sentence that says what the ranking saw beside the name itself: "like 14 names judged no squats: `a`, `b`"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.explain.reasons import quoted
from squatwatch_ml.rank.memory import Likeness

SMALLEST_WAVE = 3  # names: two are no wave to a reader
LEAST_MOVED = 0.1  # log-odds: what moves a name less is not told


def notes(
    likenesses: Sequence[Likeness | None], moved: NDArray[np.float64], wave_sizes: Sequence[int], lifts: Sequence[str]
) -> list[str]:
    """Return a sentence for each name, "" for none.

    `moved`: by how much the judged names move it, in log-odds; `lifts`: why it is lifted, which says what its wave is.
    """
    return [
        "; ".join(filter(None, (_of_memory(likeness, by), lift or _of_wave(size))))
        for likeness, by, size, lift in zip(likenesses, moved, wave_sizes, lifts, strict=True)
    ]


def _of_memory(likeness: Likeness | None, moved: float) -> str:
    if likeness is None or abs(moved) < LEAST_MOVED:
        return ""
    count, squats = likeness.names, likeness.squats
    names = "a name" if count == 1 else f"{count} names"
    if squats == count:
        verdict = "judged a squat" if count == 1 else "judged squats"
    elif squats == 0:
        verdict = "judged no squat" if count == 1 else "judged no squats"
    else:
        verdict = (
            f"of which {squats} {'was' if squats == 1 else 'were'} judged {'a squat' if squats == 1 else 'squats'}"
        )
    return f"like {names} {verdict}: {', '.join(map(quoted, likeness.nearest))}"


def _of_wave(size: int) -> str:
    return f"one of {size} names alike on this day" if size >= SMALLEST_WAVE else ""
