"""Scores pairs of label and brand with a trained artifact, on a GPU if there is one, else on the CPU."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from squatwatch_ml.artifact import MANIFEST, ArtifactError, read_artifact
from squatwatch_ml.encode import ALPHABET, CHANNELS, LENGTH, Encoded, encode
from squatwatch_ml.explain import Explanation, explain
from squatwatch_ml.features import FEATURES

ENCODED_AT_A_TIME = 16_384  # pairs: bounds memory, some 50 MB


class Scorer:
    """A loaded network. `threshold` is the artifact's; `device` is "cpu" or "gpu", where it runs."""

    def __init__(self, network, words: Mapping[str, float], manifest: Mapping, device: str, batch_size: int):
        self._network = network
        self._words = words
        self._batch_size = batch_size
        self.model_version: str = manifest["model_version"]
        self.threshold: float = float(manifest["threshold"])
        self.manifest = dict(manifest)
        self.device = device

    @classmethod
    def load(cls, folder: Path, device: str = "auto", batch_size: int = 1024) -> Scorer:
        """Reads an artifact folder and builds the network on `device`: "auto", "cpu" or "gpu".

        Raises ArtifactError for an artifact that is missing, altered, or made for another encoding; ValueError for
        "gpu" where TensorFlow finds none, and for an unknown device.
        """
        artifact = read_artifact(Path(folder))
        _check_encoding(artifact.manifest, Path(folder))
        tensorflow = import_tensorflow()
        chosen = choose_device(device, len(tensorflow.config.list_physical_devices("GPU")))
        from squatwatch_ml.model import Config, build

        with tensorflow.device(f"/{chosen.upper()}:0"):
            network = build(Config(**artifact.manifest["config"]))
            try:
                network.set_weights(artifact.weights)
            except ValueError as error:
                raise ArtifactError(
                    f"the weights in {folder} do not fit the network of its manifest. Run: squatwatch train"
                ) from error
        return cls(network, artifact.words, artifact.manifest, chosen, batch_size)

    def score(self, labels: Sequence[str], brands: Sequence[str]) -> np.ndarray:
        """float32 [len(labels)], 0 to 1: how much labels[i] looks made to pass for brands[i].

        Labels are Unicode, without their public suffix. A pair's score does not depend on the pairs beside it.
        Raises ValueError where the two have different lengths.
        """
        if len(labels) != len(brands):
            raise ValueError(f"{len(labels)} labels for {len(brands)} brands")
        scores = [np.zeros(0, np.float32)]
        for start in range(0, len(labels), ENCODED_AT_A_TIME):
            stop = start + ENCODED_AT_A_TIME
            scores.append(self.score_encoded(encode(labels[start:stop], brands[start:stop], self._words)))
        return np.concatenate(scores)

    def score_encoded(self, pairs: Encoded) -> np.ndarray:
        return predict(self._network, pairs, self._batch_size, self.device)

    def explain(self, label: str, brand: str) -> Explanation:
        return explain(label, brand)


def predict(network, pairs: Encoded, batch_size: int, device: str = "cpu") -> np.ndarray:
    """Scores of encoded pairs, float32, rounded to five places: what lies beyond depends on batch and hardware."""
    tensorflow = import_tensorflow()
    count = len(pairs.letters)
    scores = np.zeros(count, np.float32)
    with tensorflow.device(f"/{device.upper()}:0"):
        for start in range(0, count, batch_size):
            rows = np.arange(start, min(start + batch_size, count))
            # a few sizes only, so that the graph is traced a few times only: repeat the first row up to a power of two
            size = min(batch_size, 1 << (len(rows) - 1).bit_length())
            padded = np.concatenate([rows, np.full(size - len(rows), start)])
            scores[rows] = network.predict_on_batch(list(pairs.take(padded)))[: len(rows)]
    return np.round(scores, 5)


def choose_device(wanted: str, gpu_count: int) -> str:
    """ "gpu" or "cpu". Raises ValueError for an unknown word, and for "gpu" where there is none."""
    if wanted not in ("auto", "cpu", "gpu"):
        raise ValueError(f"unknown device {wanted!r}: choose auto, cpu or gpu")
    if wanted == "gpu" and not gpu_count:
        raise ValueError(
            "TensorFlow finds no GPU here: set SQUATWATCH_DEVICE=auto or cpu, "
            "or install the extra `gpu` on a machine that has one"
        )
    return "gpu" if gpu_count and wanted != "cpu" else "cpu"


def import_tensorflow():
    """TensorFlow, imported when first needed (seconds, hundreds of megabytes), without its start-up chatter."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with _quiet_stderr():
        import tensorflow
    return tensorflow


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """The native libraries write two notices to file descriptor 2 before they read their log level."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _check_encoding(manifest: Mapping, folder: Path) -> None:
    here = {"alphabet": ALPHABET, "channels": list(CHANNELS), "features": list(FEATURES), "length": LENGTH}
    other = [key for key, value in here.items() if manifest[key] != value]
    if other:
        raise ArtifactError(
            f"{folder / MANIFEST} was made for another encoding ({', '.join(other)}). Run: squatwatch train"
        )
