"""The frame of training from scratch and of training on: prepare, fit, measure, export, write.

The two differ in where pairs and weights come from, and in what the manifest says of them.
"""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.network.artifact import Manifest, refuse_existing, write_artifact
from squatwatch_ml.network.config import NetworkConfig
from squatwatch_ml.network.engines.export import export
from squatwatch_ml.network.engines.tensorflow import THREADS, import_keras, import_tensorflow, predict
from squatwatch_ml.pair.encode import Encoded, encode
from squatwatch_ml.training.data.pairs import TrainingPairs
from squatwatch_ml.training.fit import Resumption, TrainingError, fit
from squatwatch_ml.training.plans import Schedule

SCORED_AT_A_TIME = 1024
EXPORT_SAMPLE = 256  # pairs on which the graph is compared with the network


class Start(NamedTuple):
    """The network that learning begins with: of these sizes, with new weights where `weights` is None."""

    config: NetworkConfig
    weights: list[np.ndarray] | None = None


class Lesson(NamedTuple):
    """A lesson: pairs to learn, how much each counts (float32 [pairs], 1 where it is None), and its state's file."""

    pairs: TrainingPairs
    weight: NDArray[np.float32] | None = None
    resumption: Resumption | None = None


class Learner:
    """A Keras network that is being trained."""

    def __init__(self, start: Start, seed: int):
        self.versions = repeatable(seed)
        from squatwatch_ml.network.model import build

        self.config = start.config
        self.network = build(start.config)
        if start.weights is not None:
            self.network.set_weights(start.weights)

    def score(self, pairs: TrainingPairs) -> NDArray[np.float32]:
        """Score pairs as the network is now: float32 [pairs], 0 to 1."""
        return predict(self.network, encode(pairs.labels, pairs.brands), SCORED_AT_A_TIME)


class Learnt(NamedTuple):
    """A network that has learnt a lesson, and the pairs as it read them."""

    learner: Learner
    encoded: Encoded
    target: NDArray[np.float32]


def learn(
    output: Path,
    start: Start,
    schedule: Schedule,
    lesson_for: Callable[[Learner], Lesson],
    describe: Callable[[Learnt], Manifest],
    *,
    replace: bool,
    say: Callable[[str], None],
) -> Manifest:
    """Train a network by a lesson, write its artifact to the folder `output` and return the manifest.

    `lesson_for` makes the lesson, `describe` the part of the manifest that is not the same for all trainings:
    `thresholds` and `threshold` must be in it. The same start, lesson and versions give the same weights. The
    checkpoint of the lesson stays: whoever named it removes it.

    Raises ArtifactError where `output` holds an artifact already and `replace` is false, or something else, and
    TrainingError.
    """
    started = time.monotonic()
    refuse_existing(output, replace)
    learner = Learner(start, schedule.seed)
    pairs, weight, resumption = lesson_for(learner)
    encoded = encode(pairs.labels, pairs.brands)
    sample = encoded.take(slice(EXPORT_SAMPLE))
    export(learner.network, sample)  # a network that cannot be shipped is known before it is trained
    losses = fit(learner.network, encoded, pairs.target, schedule, weight=weight, resumption=resumption, say=say)
    described = describe(Learnt(learner, encoded, pairs.target))
    weights = learner.network.get_weights()
    manifest: Manifest = {
        **described,
        "model_version": version_of(weights, described["thresholds"]),
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "config": asdict(start.config),
        "parameter_count": learner.network.count_params(),
        "metrics": {"training_loss": losses, **described.get("metrics", {})},
        "versions": learner.versions,
    }
    write_artifact(output, manifest, weights, export(learner.network, sample))
    say(f"wrote {output}: {time.monotonic() - started:.0f} s")
    return manifest


def repeatable(seed: int) -> dict[str, str]:
    """Make TensorFlow's weights and dropout follow from the seed; return the versions that a repetition needs.

    Raises TrainingError where Keras computes on something else, or this process has computed with more threads: the
    training would end in other weights than elsewhere.
    """
    keras, tensorflow = import_keras(), import_tensorflow()
    if (backend := keras.backend.backend()) != "tensorflow":
        raise TrainingError(f"trainings compute on TensorFlow, and Keras on {backend} here: unset KERAS_BACKEND")
    if tensorflow.config.threading.get_intra_op_parallelism_threads() != THREADS:
        raise TrainingError(
            "TensorFlow has started in this process with more threads an operation than trainings have, so the weights "
            "would be others than elsewhere: train in a process of its own"
        )
    keras.utils.set_random_seed(seed)
    tensorflow.config.experimental.enable_op_determinism()
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "keras": keras.__version__,
        "tensorflow": tensorflow.__version__,
    }


def version_of(weights: Sequence[np.ndarray], thresholds: Mapping[str, float] | float, prefix: str = "bilstm") -> str:
    """Return a name that changes with the weights and the thresholds, and with nothing else."""
    digest = hashlib.sha256(repr(thresholds).encode())
    for array in weights:
        digest.update(np.ascontiguousarray(array).tobytes())
    return f"{prefix}-{digest.hexdigest()[:10]}"
