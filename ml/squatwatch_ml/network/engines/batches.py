"""Scores in batches: of names alike in length, or smaller ones where the device runs out of memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.pair.encode import Encoded

Rows = TypeVar("Rows", bound="Inputs")
PLACES = 5  # of a score: what lies beyond depends on engine and hardware, in TensorFlow on the batch too
AT_A_TIME = 4  # rows and places that a CPU multiplies together; it sums up what is left over in another order


class Inputs(Protocol):
    """Arrays that a network reads, a row a pair or name; `letters` is one of them."""

    @property
    def letters(self) -> NDArray[np.int32]:
        """Return int32 [rows, places]."""
        ...

    def take(self, rows: NDArray[np.int64] | slice) -> Self:
        """Return some of the rows."""
        ...

    def __iter__(self) -> Iterator[np.ndarray]:
        """Iterate over the arrays, in the order of the network's inputs."""
        ...


def by_length(pairs: Encoded, batch_size: int) -> Iterator[tuple[NDArray[np.int64], Encoded]]:
    """Yield row numbers and their arrays, shortest names first, each batch cut to what its longest name fills.

    Exact: the network masks what is behind a name's end. Rows and places are multiples of AT_A_TIME, so that a score
    does not depend on the batch, not in its last digit: behind the rows that are asked for the last one is repeated.
    """
    lengths = np.count_nonzero(pairs.letters, axis=1)
    order = np.argsort(lengths, kind="stable")
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        places = _whole(max(int(lengths[rows[-1]]), 1))
        batch = pairs.take(rows[np.minimum(np.arange(_whole(len(rows))), len(rows) - 1)])
        yield (
            rows,
            batch._replace(
                letters=batch.letters[:, :places],
                aligned=batch.aligned[:, :places],
                channels=batch.channels[:, :places],
            ),
        )


def _whole(count: int) -> int:
    return count + -count % AT_A_TIME


def halving(run: Callable[[Rows], NDArray[np.float32]], pairs: Rows, batch_size: int) -> NDArray[np.float32]:
    """Return what `run` computes for all rows, in batches of at most `batch_size`: float32 [rows].

    A batch that does not fit into memory is halved, and so are those after it.

    Raises MemoryError where not even one pair fits.
    """
    count = len(pairs.letters)
    scores = np.zeros(count, np.float32)
    start = 0
    while start < count:
        stop = min(start + batch_size, count)
        try:
            scores[start:stop] = run(pairs.take(slice(start, stop)))
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            batch_size = (stop - start) // 2
            if not batch_size:
                raise MemoryError("the device has no memory for a single pair: set SQUATWATCH_DEVICE=cpu") from error
            continue
        start = stop
    return scores


def is_out_of_memory(error: Exception) -> bool:
    """Tell whether a device ran out of memory: TensorFlow has a class for it, JAX only the words."""
    return type(error).__name__ == "ResourceExhaustedError" or "RESOURCE_EXHAUSTED" in str(error)
