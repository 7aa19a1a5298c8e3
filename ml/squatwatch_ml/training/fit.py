"""The training loop: a network learns encoded pairs, and can be stopped at any moment and go on later.

Every so many batches, and where it is told to stop, all that the rest depends on goes to one checkpoint file: weights,
the optimizer's state, the states of the dropout layers' seeds, the position and the losses so far. The order of the
pairs follows from seed and epoch. A training that was stopped or killed and started again therefore ends with exactly
the weights of one that was not.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

import numpy as np

from squatwatch_ml.training.checkpoint import (
    CheckpointError,
    Keeping,
    Progress,
    Variable,
    resume,
    write_checkpoint,
)
from squatwatch_ml.training.plans import Schedule

LEAST_RATE = 0.02  # the learning rate falls by half a cosine to this share of itself
CHECKPOINT_EVERY = 500  # batches

Step = Callable[..., Any]  # a TensorFlow function: arrays of a batch, targets and weights to a loss


class TrainingError(ValueError):
    """Training cannot end in a usable network; the message says what to change."""


class TrainingInterrupted(Exception):
    """Training was told to stop; its checkpoint has all that it has learnt. The message says how far it came."""


class NetworkInputs(Protocol):
    """The arrays that a network reads, one row a pair or name; `encode.Encoded` is one."""

    def take(self, rows: np.ndarray) -> Self:
        """Return some of the rows."""
        ...

    def __iter__(self) -> Iterator[np.ndarray]:
        """Iterate over the arrays, in the order of the network's inputs."""
        ...


class Resumption(NamedTuple):
    """The place where a training keeps its state between batches, and whoever may stop it there.

    A checkpoint that is there already and belongs to the same `fingerprint` (of settings), schedule and pairs is gone
    on from; one of another plan is ignored and replaced. Whoever trains removes it at the end.
    """

    keeping: Keeping
    fingerprint: str
    every: int = CHECKPOINT_EVERY


def fit(
    network: Any,  # a Keras model; Keras has no types
    inputs: NetworkInputs,
    target: np.ndarray,
    schedule: Schedule,
    *,
    weight: np.ndarray | None = None,
    resumption: Resumption | None = None,
    say: Callable[[str], None] = print,
) -> list[float]:
    """Train the Keras model `network` in place, shuffled anew each epoch; return the mean loss of each epoch.

    target, weight: float [pairs]; `weight` is how much a pair counts, 1 where it is None. Adam (Kingma and Ba 2014)
    with a learning rate that falls by half a cosine, gradients clipped to norm 1.

    Raises TrainingError where the loss becomes NaN or infinite; the checkpoint, which leads there again, is removed.
    Raises TrainingInterrupted where it must stop.
    """
    weight = np.ones(len(target), np.float32) if weight is None else weight
    epochs, size = schedule.epochs, schedule.batch_size
    batch_count = -(-len(target) // size)
    optimizer, step = _compiled(network, schedule.learning_rate, batch_count * epochs)
    variables = [*network.variables, *optimizer.variables]  # all that a step changes, seeds of dropout included
    keeper = _Keeper(resumption, variables, schedule, (*inputs, target.round(), weight))
    losses, done, total = keeper.start(say)
    while len(losses) < epochs:
        epoch, started = len(losses) + 1, time.monotonic()
        order = np.random.default_rng([schedule.seed, epoch]).permutation(len(target))
        for number in range(done + 1, batch_count + 1):
            keeper.demand_time(Progress(losses, number - 1, total), f"epoch {epoch} of {epochs}")
            rows = order[(number - 1) * size : number * size]
            loss = float(step(*inputs.take(rows), target[rows], weight[rows]))
            if not np.isfinite(loss):
                keeper.remove()
                raise TrainingError(f"the loss became {loss} in epoch {epoch}: nothing was written; try another seed")
            total += loss
            if number % max(batch_count // 4, 1) == 0:
                say(f"epoch {epoch}/{epochs}  {number / batch_count:4.0%}  mean loss {total / number:.4f}")
            keeper.after_batch(Progress(losses, number, total))
        losses.append(round(total / batch_count, 5))
        done, total = 0, 0.0
        keeper.write(Progress(losses))
        say(f"epoch {epoch}/{epochs} done in {time.monotonic() - started:.0f} s")
    return losses


class _Keeper:
    """The keeper of one training's checkpoint; it does nothing where there is none to keep."""

    def __init__(
        self,
        resumption: Resumption | None,
        variables: list[Variable],
        schedule: Schedule,
        arrays: tuple[np.ndarray, ...],
    ):
        self._resumption = resumption
        self._variables = variables
        self._plan = _fingerprint(resumption.fingerprint, schedule, arrays) if resumption else ""

    def start(self, say: Callable[[str], None]) -> Progress:
        """Restore the state that a checkpoint of this plan holds; begin at nothing without one."""
        if self._resumption is None or not self._resumption.keeping.checkpoint.is_file():
            return Progress([])
        checkpoint = self._resumption.keeping.checkpoint
        try:
            progress = resume(checkpoint, self._plan, self._variables)
        except CheckpointError as error:
            say(f"{error}: training starts anew")
            return Progress([])
        say(f"going on from {checkpoint}: epoch {len(progress.losses) + 1}, {progress.done} batches done")
        return progress

    def demand_time(self, progress: Progress, epoch: str) -> None:
        """Write the checkpoint and raise TrainingInterrupted where the training must stop."""
        if self._resumption and self._resumption.keeping.must_stop():
            self._write(self._resumption.keeping.checkpoint, progress)
            raise TrainingInterrupted(f"training was told to stop: {progress.done} batches of {epoch} are done")

    def after_batch(self, progress: Progress) -> None:
        if self._resumption and progress.done % self._resumption.every == 0:
            self.write(progress)

    def write(self, progress: Progress) -> None:
        if self._resumption:
            self._write(self._resumption.keeping.checkpoint, progress)
            self._resumption.keeping.written()

    def _write(self, checkpoint: Path, progress: Progress) -> None:
        write_checkpoint(checkpoint, self._plan, progress, self._variables)

    def remove(self) -> None:
        if self._resumption:
            self._resumption.keeping.checkpoint.unlink(missing_ok=True)


def _compiled(network: Any, learning_rate: float, steps: int) -> tuple[Any, Step]:
    """Return the optimizer, and one step of it as a graph: arrays of a batch to the mean of loss times weight.

    A graph of our own, because Keras' `train_on_batch` does not weigh single pairs where a network gives one number for
    each. It costs as many CPU seconds.
    """
    import keras
    import tensorflow

    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps, alpha=LEAST_RATE)
    optimizer = keras.optimizers.Adam(schedule, clipnorm=1.0)
    optimizer.build(network.trainable_variables)
    batch = [tensorflow.TensorSpec(tensor.shape, tensor.dtype) for tensor in network.inputs]
    number = tensorflow.TensorSpec([None], "float32")

    # one signature, so one graph: the last, smaller batch of an epoch is computed like the others; traced as it stands,
    # since no branch or loop in it asks a tensor, and to look for one in Keras' code too takes a fifth of the start
    def step(*arrays: Any) -> Any:
        *inputs, target, weight = arrays
        with tensorflow.GradientTape() as tape:
            scores = network(inputs, training=True)
            loss = tensorflow.reduce_mean(keras.ops.binary_crossentropy(target, scores) * weight)
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply(gradients, network.trainable_variables)
        return loss

    return optimizer, tensorflow.function(step, input_signature=[*batch, number, number], autograph=False)


def _fingerprint(settings: str, schedule: Schedule, arrays: tuple[np.ndarray, ...]) -> str:
    """Hash settings and arrays, in their order; the same on all machines, so nothing that a network computed."""
    digest = hashlib.sha256(repr((settings, schedule)).encode())
    for array in arrays:
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
