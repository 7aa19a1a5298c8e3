"""Engines that run the network: ONNX Runtime on a CPU, or Keras (TensorFlow, or the backend that KERAS_BACKEND names).

Both give the same scores within 1e-5. ONNX Runtime starts in a tenth of a second; TensorFlow takes seconds and half a
gigabyte, and is imported only where there is a GPU to use or where it is asked for by name.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.network.artifact import Artifact
from squatwatch_ml.pair.encode import Encoded

ENGINES = ("auto", "onnx", "tensorflow")
DEVICES = ("auto", "cpu", "gpu")
# what an NVIDIA driver puts there, under Linux and under Windows' Linux
DRIVER_FILES = (Path("/dev/nvidiactl"), Path("/proc/driver/nvidia/version"), Path("/dev/dxg"))


class Engine(Protocol):
    """A network ready to score."""

    @property
    def name(self) -> str:
        """Return "onnx" or "tensorflow"."""
        ...

    @property
    def device(self) -> str:
        """Return "cpu" or "gpu"."""
        ...

    def score(self, pairs: Encoded) -> NDArray[np.float32]:
        """Return float32 [pairs], 0 to 1, as computed."""
        ...


def open_engine(artifact: Artifact, engine: str, device: str, batch_size: int, threads: int) -> Engine:
    """Open the artifact's network on an engine and device that `choose` returned.

    `batch_size`: pairs computed at a time; `threads` of the CPU, 0 for all cores.

    Raises ValueError where the weights, the graph and the config of the artifact do not fit together.
    """
    if engine == "onnx":
        from squatwatch_ml.network.engines.onnx import OnnxEngine

        return OnnxEngine(artifact.network, batch_size, threads)
    from squatwatch_ml.network.engines.tensorflow import KerasEngine

    return KerasEngine(artifact.weights, artifact.manifest["config"], device, batch_size, threads)


def choose(engine: str, device: str) -> tuple[str, str]:
    """Return the engine ("onnx", "tensorflow") and the device ("cpu", "gpu") that "auto" stands for here.

    Raises ValueError for an unknown one, for "onnx" on a GPU, and for "gpu" where there is none.
    """
    for value, known, kind in ((engine, ENGINES, "engine"), (device, DEVICES, "device")):
        if value not in known:
            raise ValueError(f"unknown {kind} {value!r}: choose {', '.join(known[:-1])} or {known[-1]}")
    if engine == "onnx" and device == "gpu":
        raise ValueError("the engine onnx runs on the CPU: set SQUATWATCH_ENGINE=auto or SQUATWATCH_DEVICE=auto")
    has_gpu = engine != "onnx" and device != "cpu" and nvidia_driver() and gpu_count() > 0
    if device == "gpu" and not has_gpu:
        raise ValueError(
            "TensorFlow finds no GPU here: set SQUATWATCH_DEVICE=auto or cpu, "
            "or install the extra `gpu` on a machine that has one"
        )
    if has_gpu:
        return "tensorflow", "gpu"
    return "onnx" if engine == "auto" else engine, "cpu"


def nvidia_driver() -> bool:
    """Tell whether this process may see an NVIDIA GPU at all: from files, since asking TensorFlow takes seconds."""
    return os.environ.get("CUDA_VISIBLE_DEVICES", "0") not in ("", "-1") and any(map(Path.exists, DRIVER_FILES))


def gpu_count() -> int:
    """Count the GPUs that the backend of Keras can use; imports Keras."""
    from squatwatch_ml.network.engines.tensorflow import import_keras

    return len(import_keras().distribution.list_devices("gpu"))
