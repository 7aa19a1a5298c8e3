"""Export of a Keras network as an ONNX graph that was seen to give the same scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from squatwatch_ml.network.engines.graph import network_onnx
from squatwatch_ml.network.engines.onnx import OnnxEngine
from squatwatch_ml.network.engines.tensorflow import predict
from squatwatch_ml.pair.encode import Encoded

PARITY = 1e-5  # what scores may differ by before they are rounded to five places


def export(network: Any, sample: Encoded) -> bytes:
    """Return the ONNX file of a Keras network built by `model.build`, compared with it on a sample of pairs.

    Raises ValueError where the layers of `model.build` are no longer those of `engines.graph`.
    """
    graph = network_onnx(network.get_weights())
    apart = np.abs(OnnxEngine(graph).score(sample) - predict(network, sample, 256)).max(initial=0)
    if apart > 2 * PARITY:  # Keras' scores are rounded here
        raise ValueError(f"the graph of engines/graph.py and the network of model.py differ by {apart:.1g} in a score")
    return graph
