"""The training loop goes on where it was stopped, and ends as if it had not been."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from squatwatch_ml.training.checkpoint import CheckpointError, Keeping, Progress, resume, write_checkpoint
from squatwatch_ml.training.fit import Resumption, TrainingError, TrainingInterrupted, fit
from squatwatch_ml.training.frame import repeatable
from squatwatch_ml.training.plans import Schedule

PLAN = Schedule(epochs=2, batch_size=8, learning_rate=1e-2, seed=3)


def kept_in(checkpoint: Path, fingerprint: str = "plan") -> Resumption:
    return Resumption(Keeping(checkpoint), fingerprint, every=2)


def quiet(_line: str) -> None: ...


class Numbers(NamedTuple):
    """Stands for `encode.Encoded`: what `fit` needs of pairs is `take`."""

    features: np.ndarray

    def take(self, rows: np.ndarray) -> Numbers:
        return Numbers(self.features[rows])


def some_pairs(count: int = 60) -> tuple[Numbers, np.ndarray]:
    features = np.random.default_rng(1).random((count, 5), np.float32)
    return Numbers(features), (features[:, 0] > 0.5).astype(np.float32)


def small_network():
    """With dropout, so that the state of its seeds matters, and as many outputs as the real one: a number a pair."""
    repeatable(seed=3)
    import keras
    from keras import layers

    features = keras.Input((5,))
    hidden = layers.Dropout(0.5)(layers.Dense(8, activation="relu")(features))
    return keras.Model([features], layers.Dense(1, activation="sigmoid")(hidden)[:, 0])


@pytest.fixture(scope="module")
def uninterrupted() -> tuple[list[np.ndarray], list[float]]:
    network = small_network()
    losses = fit(network, *some_pairs(), PLAN, say=quiet)
    return network.get_weights(), losses


class Killed(Exception):
    pass


def killed_after(lines: int):
    """A `say` that ends the training at its n-th line."""
    said = []

    def say(line: str) -> None:
        said.append(line)
        if len(said) == lines:
            raise Killed

    return say


def test_it_learns() -> None:
    losses = fit(small_network(), *some_pairs(), replace(PLAN, epochs=10), say=quiet)
    assert losses[-1] < losses[0] - 0.05


@pytest.mark.parametrize("lines", [2, 5, 8], ids=["in the first epoch", "between epochs", "in the last epoch"])
def test_a_training_that_was_stopped_ends_like_one_that_was_not(uninterrupted, tmp_path: Path, lines: int) -> None:
    checkpoint = tmp_path / "model.training.npz"
    with pytest.raises(Killed):
        fit(small_network(), *some_pairs(), PLAN, resumption=kept_in(checkpoint), say=killed_after(lines))
    network, said = small_network(), []
    losses = fit(network, *some_pairs(), PLAN, resumption=kept_in(checkpoint), say=said.append)
    assert said[0].startswith(f"going on from {checkpoint}")
    assert losses == uninterrupted[1]
    assert all(np.array_equal(*pair) for pair in zip(network.get_weights(), uninterrupted[0], strict=True))


def test_a_training_that_must_stop_says_how_far_it_came_and_ends_like_one_that_went_on(
    uninterrupted, tmp_path: Path
) -> None:
    """Told to stop in the middle of the second epoch, between two of the regular checkpoints."""
    written, checkpoint = [], tmp_path / "model.training.npz"
    asked = iter([False] * 11 + [True])
    keeping = Keeping(checkpoint, lambda: next(asked), lambda: written.append(checkpoint.stat().st_mtime_ns))
    with pytest.raises(TrainingInterrupted, match="3 batches of epoch 2 of 2 are done"):
        fit(small_network(), *some_pairs(), PLAN, resumption=Resumption(keeping, "plan", every=2), say=quiet)
    assert len(written) == 4 + 1 + 1  # every two batches of eight, at the end of the epoch; not where it stopped
    network, said = small_network(), []
    losses = fit(network, *some_pairs(), PLAN, resumption=kept_in(checkpoint), say=said.append)
    assert said[0] == f"going on from {checkpoint}: epoch 2, 3 batches done"
    assert losses == uninterrupted[1]
    assert all(np.array_equal(*pair) for pair in zip(network.get_weights(), uninterrupted[0], strict=True))


def test_a_checkpoint_of_scores_that_differ_in_their_last_bits_fits(tmp_path: Path) -> None:
    """The scores of neighbours are not the same to the last bit on another kind of processor."""
    checkpoint, said = tmp_path / "model.training.npz", []
    encoded, target = some_pairs()
    scores = np.abs(target - np.float32(0.25))
    fit(small_network(), encoded, scores, PLAN, resumption=kept_in(checkpoint), say=quiet)
    others = np.nextafter(scores, np.float32(1))
    fit(small_network(), encoded, others, PLAN, resumption=kept_in(checkpoint), say=said.append)
    assert said == [f"going on from {checkpoint}: epoch 3, 0 batches done"]


PROGRAM = """
import sys
from pathlib import Path
from typing import NamedTuple
sys.path.insert(0, {folder!r})
from test_fit import PLAN, fit, kept_in, small_network, some_pairs
network = small_network()
say = lambda line: (print(line, flush=True), sys.stdin.readline() if "epoch 1/2 done" in line else None)
fit(network, *some_pairs(), PLAN, resumption=kept_in(Path({checkpoint!r})), say=say)
"""


def test_a_killed_process_leaves_a_checkpoint_to_go_on_from(uninterrupted, tmp_path: Path) -> None:
    checkpoint = tmp_path / "model.training.npz"
    program = PROGRAM.format(folder=str(Path(__file__).parent), checkpoint=str(checkpoint))
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as training:
        assert any(b"epoch 1/2 done" in line for line in training.stdout)
        training.send_signal(signal.SIGKILL)
    network = small_network()
    fit(network, *some_pairs(), PLAN, resumption=kept_in(checkpoint), say=quiet)
    assert all(np.array_equal(*pair) for pair in zip(network.get_weights(), uninterrupted[0], strict=True))


@pytest.mark.parametrize(
    ("fingerprint", "plan"),
    [("other", PLAN), ("plan", replace(PLAN, seed=4)), ("plan", replace(PLAN, learning_rate=2e-2))],
    ids=str,
)
def test_a_checkpoint_of_another_plan_is_left_out(tmp_path: Path, fingerprint: str, plan: Schedule) -> None:
    checkpoint, said = tmp_path / "model.training.npz", []
    fit(small_network(), *some_pairs(), PLAN, resumption=kept_in(checkpoint), say=quiet)
    fit(small_network(), *some_pairs(), plan, resumption=kept_in(checkpoint, fingerprint), say=said.append)
    assert "belongs to other settings or data" in said[0]
    assert any(line.startswith("epoch 1/2") for line in said)


def test_a_checkpoint_of_other_pairs_is_left_out(tmp_path: Path) -> None:
    checkpoint, said = tmp_path / "model.training.npz", []
    encoded, target = some_pairs()
    fit(small_network(), encoded, target, PLAN, resumption=kept_in(checkpoint), say=quiet)
    fit(small_network(), encoded, 1 - target, PLAN, resumption=kept_in(checkpoint), say=said.append)
    assert "belongs to other settings or data" in said[0]


def test_a_checkpoint_of_a_network_of_another_size_is_left_out(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "x.npz", "plan", Progress([]), [np.zeros((2, 3))])
    with pytest.raises(CheckpointError, match="belongs to other settings or data"):
        resume(tmp_path / "x.npz", "plan", [np.zeros((3, 3))])


def test_a_damaged_checkpoint_is_left_out(uninterrupted, tmp_path: Path) -> None:
    checkpoint, said = tmp_path / "model.training.npz", []
    checkpoint.write_bytes(b"PK\x03\x04 half")
    assert (
        fit(small_network(), *some_pairs(), PLAN, resumption=kept_in(checkpoint), say=said.append) == uninterrupted[1]
    )
    assert "cannot be read" in said[0]


def test_a_loss_that_is_not_a_number_is_an_error_and_leaves_no_checkpoint(tmp_path: Path) -> None:
    encoded, target = some_pairs()
    with pytest.raises(TrainingError, match="loss became nan in epoch 1"):
        fit(small_network(), encoded, target * np.nan, PLAN, resumption=kept_in(tmp_path / "x.npz"), say=quiet)
    assert list(tmp_path.iterdir()) == []


def test_a_pair_of_weight_0_is_not_learnt_from() -> None:
    encoded, target = some_pairs(16)
    half = np.repeat([1.0, 0.0], 8).astype(np.float32)
    plan = replace(PLAN, batch_size=16, epochs=1)
    weights = []
    for wanted in (target, np.where(half, target, 1 - target)):
        network = small_network()
        fit(network, encoded, wanted.astype(np.float32), plan, weight=half, say=quiet)
        weights.append(network.get_weights())
    assert all(np.array_equal(*pair) for pair in zip(*weights, strict=True))


def test_nothing_is_trained_where_keras_computes_on_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keras.backend.backend", lambda: "torch")
    with pytest.raises(TrainingError, match="Keras on torch here: unset KERAS_BACKEND"):
        repeatable(seed=1)


@pytest.mark.parametrize(
    ("backend", "message"), [("nobody", "Keras cannot compute on nobody here"), ("", "tensorflow is imported")]
)
def test_a_backend_that_is_not_here_is_told_and_an_empty_one_is_tensorflow(backend: str, message: str) -> None:
    program = """
from squatwatch_ml.training.frame import repeatable
print("tensorflow" in repeatable(seed=1) and "tensorflow is imported")
"""
    environment = {**os.environ, "KERAS_BACKEND": backend}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert message in done.stdout + done.stderr


def test_nothing_is_trained_where_more_threads_would_give_other_weights() -> None:
    program = """
from squatwatch_ml.network.engines.tensorflow import import_keras
import_keras(threads=2).ops.ones(1)  # which starts TensorFlow
from squatwatch_ml.training.frame import repeatable
repeatable(seed=1)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "TensorFlow has started in this process with more threads" in done.stderr
    assert "train in a process of its own" in done.stderr
