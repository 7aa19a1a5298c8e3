"""The network in ONNX Runtime, on the CPU."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.network.engines.batches import by_length
from squatwatch_ml.network.engines.parts import take_apart
from squatwatch_ml.pair.encode import Encoded

BEST_BATCH = 256  # larger ones leave the processor's cache and take three times as long
GRAPHS_KEPT = 8  # sessions, for networks to come; those of a release have one graph


class OnnxEngine:
    """An ONNX graph (`graph.network_onnx`) with its weights; networks of the same graph share a session.

    `threads` of the CPU, 0 for all cores. Raises ValueError where ONNX Runtime cannot use the graph.
    """

    name, device = "onnx", "cpu"

    def __init__(self, network: bytes, batch_size: int = BEST_BATCH, threads: int = 1):
        try:
            graph, self._weights = take_apart(network)
        except ValueError as error:
            raise _unusable(error) from error
        self._session = _session(graph, threads)
        self._batch_size = min(batch_size, BEST_BATCH)

    def score(self, pairs: Encoded) -> NDArray[np.float32]:
        """Return float32 [pairs], 0 to 1, as computed: on one machine the same whatever pairs are beside it."""
        scores = np.zeros(len(pairs.letters), np.float32)
        for rows, batch in by_length(pairs, self._batch_size):
            (computed,) = self._session.run(None, batch._asdict() | self._weights)
            scores[rows] = computed[: len(rows)]
        return scores


@lru_cache(maxsize=GRAPHS_KEPT)
def _session(graph: bytes, threads: int) -> Any:  # a class without types
    """Return what runs a graph, for any number of networks and threads at once."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3  # errors only
    options.enable_cpu_mem_arena = False  # the memory of a batch is given back
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting costs no processor time
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its classes derive from Exception, each on its own
        raise _unusable(error) from error


def _unusable(error: Exception) -> ValueError:
    return ValueError(f"ONNX Runtime cannot use the network ({error})")
