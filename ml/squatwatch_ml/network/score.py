"""Scores pairs of label and brand with a trained artifact: on a GPU if there is one, else on the CPU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from squatwatch_ml.explain.explain import Explanation, explain
from squatwatch_ml.network.artifact import MANIFEST, ArtifactError, read_artifact
from squatwatch_ml.network.components import components
from squatwatch_ml.network.engines import Engine, choose, open_engine
from squatwatch_ml.network.engines.batches import PLACES
from squatwatch_ml.network.thresholds import base_threshold
from squatwatch_ml.pair.encode import ALPHABET, CHANNELS, LENGTH, Encoded, encode
from squatwatch_ml.pair.features import FEATURES
from squatwatch_ml.text.words import word_lists

ENCODED_AT_A_TIME = 16_384  # pairs: bounds memory, some 50 MB


class Scorer:
    """A loaded network. `threshold` is the artifact's; `engine` (onnx, tensorflow) computes on `device` (cpu, gpu)."""

    def __init__(self, engine: Engine, manifest: Mapping):
        self._engine = engine
        self.model_version: str = manifest["model_version"]
        self.threshold: float = float(manifest["threshold"])
        self.manifest = dict(manifest)
        self.engine, self.device = engine.name, engine.device

    @classmethod
    def load(
        cls, folder: Path, device: str = "auto", batch_size: int = 1024, engine: str = "auto", threads: int = 1
    ) -> Scorer:
        """Reads an artifact folder and makes its network ready on a device ("auto", "cpu", "gpu") and an engine.

        engine: "tensorflow", "onnx" (on the CPU only), or "auto": TensorFlow where there is a GPU, else ONNX Runtime.
        threads: of the CPU, 0 for all cores.

        Raises ArtifactError for an artifact that is missing, altered, or made for another encoding; ValueError for
        "gpu" where there is none, and for an unknown device or engine.
        """
        folder = Path(folder)
        artifact = read_artifact(folder)
        _check_encoding(artifact.manifest, folder)
        engine, device = choose(engine, device)
        try:
            opened = open_engine(artifact, engine, device, batch_size, threads)
        except ValueError as error:
            raise ArtifactError(f"{folder}: {error}. Run: squatwatch train") from error
        return cls(opened, artifact.manifest)

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
            scores.append(self.score_encoded(self.encode(labels[start:stop], brands[start:stop])))
        return np.concatenate(scores)

    def encode(self, labels: Sequence[str], brands: Sequence[str]) -> Encoded:
        """The pairs as the network reads them."""
        return encode(labels, brands)

    def score_encoded(self, pairs: Encoded) -> np.ndarray:
        """float32 [pairs], rounded to five places: what lies beyond depends on batch, engine and hardware."""
        return np.round(self._engine.score(pairs), PLACES)

    def base_threshold(self, brand: str) -> float:
        """The score from which a name is flagged for this kind of brand, before any calibration."""
        return base_threshold(self.manifest, brand)

    def explain(self, label: str, brand: str) -> Explanation:
        return explain(label, brand)

    def components(self, labels: Sequence[str], brands: Sequence[str]) -> dict[str, np.ndarray]:
        """What the scores are made of: see `squatwatch_ml.network.components`."""
        return components(self, labels, brands)


def score_all(scorer: Scorer, labels: Sequence[str], brand: str) -> np.ndarray:
    """Scores of all labels for one brand, without a candidate step: for research, some 4,000 names a CPU second.

    A label that stands there twice is scored once.
    """
    distinct = dict.fromkeys(labels)
    scores = dict(zip(distinct, scorer.score(list(distinct), [brand] * len(distinct)), strict=True))
    return np.array([scores[label] for label in labels], np.float32)


def _check_encoding(manifest: Mapping, folder: Path) -> None:
    here = {"alphabet": ALPHABET, "channels": list(CHANNELS), "features": list(FEATURES), "length": LENGTH}
    here["word_lists"] = word_lists()
    other = [key for key, value in here.items() if manifest[key] != value]
    if other:
        raise ArtifactError(
            f"{folder / MANIFEST} was made for another encoding ({', '.join(other)}). Run: squatwatch train"
        )
