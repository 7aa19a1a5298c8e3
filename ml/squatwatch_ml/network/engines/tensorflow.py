"""The network in Keras: on TensorFlow, or on the backend that KERAS_BACKEND names; on a GPU or the CPU.

All is computed in float32. A GPU's default, TensorFloat-32, keeps three decimal digits, too few for scores of five.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.network.engines.batches import PLACES, Inputs, halving
from squatwatch_ml.pair.encode import Encoded

# of one operation, however many cores there are: how a sum is divided among threads decides its last digits, and so
# what a training ends in; and the networks are so small that more threads cost time
THREADS = 1


class KerasEngine:
    """The network built by `model.build` with the artifact's weights.

    `config`: the fields of `NetworkConfig`; `threads` of the CPU, 0 for all cores. Raises ValueError where the weights
    do not fit.
    """

    name = "tensorflow"

    def __init__(
        self,
        weights: Sequence[np.ndarray],
        config: Mapping[str, Any],
        device: str = "cpu",
        batch_size: int = 1024,
        threads: int = THREADS,
    ):
        keras = import_keras(threads)
        from squatwatch_ml.network.config import NetworkConfig
        from squatwatch_ml.network.model import build

        _use_full_float32(keras.backend.backend())
        self.device = device
        self._batch_size = batch_size
        with keras.device(f"{device}:0"):
            self._network = build(NetworkConfig.of_manifest(config))
            try:
                self._network.set_weights(weights)
            except ValueError as error:
                raise ValueError(f"the weights do not fit the network of the manifest ({error})") from error

    def score(self, pairs: Encoded) -> NDArray[np.float32]:
        """Return float32 [pairs], 0 to 1, as computed."""
        return _computed(self._network, pairs, self._batch_size, self.device)


def predict(network: Any, pairs: Inputs, batch_size: int, device: str = "cpu") -> NDArray[np.float32]:
    """Score pairs or names by a Keras model: float32 [rows], rounded as `Scorer` does."""
    return np.round(_computed(network, pairs, batch_size, device), PLACES)


def _computed(network: Any, pairs: Inputs, batch_size: int, device: str) -> NDArray[np.float32]:
    keras = import_keras()

    def run(batch: Inputs) -> NDArray[np.float32]:
        # a few sizes only, so that the graph is traced a few times only: repeat the last row up to a power of two
        count = len(batch.letters)
        size = 1 << (count - 1).bit_length()
        rows = np.minimum(np.arange(size), count - 1)
        return np.asarray(network.predict_on_batch(list(batch.take(rows))), np.float32)[:count]

    with keras.device(f"{device}:0"):
        return halving(run, pairs, batch_size)


def import_keras(threads: int = THREADS) -> Any:  # a module without types
    """Import Keras and its backend without chatter, before anything starts TensorFlow.

    `threads`: of one of TensorFlow's operations, 0 for all cores. Raises ValueError where KERAS_BACKEND names what is
    not here.
    """
    backend = _named_backend()
    if backend == "tensorflow":
        threading = import_tensorflow().config.threading
        with suppress(RuntimeError):  # it has started: the first of a process decides
            threading.set_intra_op_parallelism_threads(threads)
    try:
        import keras
    except (ImportError, ValueError) as error:
        raise ValueError(f"Keras cannot compute on {backend} here ({error}): unset KERAS_BACKEND") from error
    return keras


def import_tensorflow() -> Any:  # a module without types
    """Import TensorFlow when first needed (seconds, hundreds of megabytes), without its start-up chatter."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    _named_backend()
    with _quiet_stderr():
        import tensorflow
    return tensorflow


def _named_backend() -> str:
    """Return what KERAS_BACKEND names; where it is unset or empty, name TensorFlow in it before Keras is imported."""
    backend = os.environ.get("KERAS_BACKEND") or "tensorflow"
    os.environ["KERAS_BACKEND"] = backend
    return backend


def _use_full_float32(backend: str) -> None:
    if backend == "tensorflow":
        import_tensorflow().config.experimental.enable_tensor_float_32_execution(False)
    elif backend == "jax":
        import jax

        jax.config.update("jax_default_matmul_precision", "highest")


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Silence the two notices that the native libraries write to file descriptor 2 before they read their log level."""
    stderr = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)
