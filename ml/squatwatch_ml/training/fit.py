"""The training loop: a network learns encoded pairs, and can be stopped at any moment and go on later.

Every so many batches all that the rest depends on goes to one checkpoint file: weights, the optimizer's state, the
states of the dropout layers' seeds, the position and the losses so far. The order of the pairs follows from seed and
epoch. A training that was killed and started again therefore ends with exactly the weights of one that was not.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from squatwatch_ml.pair.encode import Encoded
from squatwatch_ml.training.checkpoint import CheckpointError, Progress, resume, write_checkpoint

LEAST_RATE = 0.02  # the learning rate falls by half a cosine to this share of itself


class TrainingError(ValueError):
    """Training cannot end in a usable network; the message says what to change."""


def fit(
    network,
    encoded: Encoded,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    seed: int,
    checkpoint: Path | None = None,
    fingerprint: str = "",
    every: int = 500,
    say: Callable[[str], None] = print,
) -> list[float]:
    """Trains the Keras model `network` in place, shuffled anew each epoch; returns the mean loss of each epoch.

    target, weight: float [pairs]; `weight` is how much a pair counts, 1 without it. With a `checkpoint` file the state
    is kept there every `every` batches, and a file that is there already and belongs to the same `fingerprint`
    (settings) and pairs is gone on from; one of another plan is left out and replaced. The caller removes it.

    Raises TrainingError where the loss becomes NaN or infinite; the checkpoint, which leads there again, is removed.
    """
    batch_count = -(-len(target) // batch_size)
    weight = np.ones(len(target), np.float32) if weight is None else weight
    optimizer, step = _compiled(network, learning_rate, batch_count * epochs)
    variables = [*network.variables, *optimizer.variables]  # all that a step changes, seeds of dropout included
    plan = _fingerprint(fingerprint, epochs, batch_size, learning_rate, seed, encoded, target, weight)
    losses, done, total = _where_to_begin(checkpoint, plan, variables, say)
    while len(losses) < epochs:
        epoch, started = len(losses) + 1, time.monotonic()
        order = np.random.default_rng([seed, epoch]).permutation(len(target))
        for number in range(done + 1, batch_count + 1):
            rows = order[(number - 1) * batch_size : number * batch_size]
            loss = float(step(*encoded.take(rows), target[rows], weight[rows]))
            if not np.isfinite(loss):
                if checkpoint:
                    checkpoint.unlink(missing_ok=True)
                raise TrainingError(f"the loss became {loss} in epoch {epoch}: nothing was written; try another seed")
            total += loss
            if number % max(batch_count // 4, 1) == 0:
                say(f"epoch {epoch}/{epochs}  {number / batch_count:4.0%}  mean loss {total / number:.4f}")
            if checkpoint and number % every == 0:
                write_checkpoint(checkpoint, plan, Progress(losses, number, total), variables)
        losses.append(round(total / batch_count, 5))
        done, total = 0, 0.0
        if checkpoint:
            write_checkpoint(checkpoint, plan, Progress(losses), variables)
        say(f"epoch {epoch}/{epochs} done in {time.monotonic() - started:.0f} s")
    return losses


def _where_to_begin(checkpoint: Path | None, plan: str, variables: list, say: Callable[[str], None]) -> Progress:
    if checkpoint is None or not checkpoint.is_file():
        return Progress([])
    try:
        progress = resume(checkpoint, plan, variables)
    except CheckpointError as error:
        say(f"{error}: training starts anew")
        return Progress([])
    say(f"going on from {checkpoint}: epoch {len(progress.losses) + 1}, {progress.done} batches done")
    return progress


def _compiled(network, learning_rate: float, steps: int):
    """The optimizer, and one step of it as a graph: arrays of a batch to the mean of loss times weight.

    A graph of our own, because Keras' `train_on_batch` does not weigh single pairs where a network gives one number for
    each. It costs as many CPU seconds.
    """
    import keras
    import tensorflow

    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps, alpha=LEAST_RATE)
    optimizer = keras.optimizers.Adam(schedule, clipnorm=1.0)
    optimizer.build(network.trainable_variables)
    batch = [tensorflow.TensorSpec(each.shape, each.dtype) for each in network.inputs]
    number = tensorflow.TensorSpec([None], "float32")

    # one signature, so one graph: the last, smaller batch of an epoch is computed like the others
    @tensorflow.function(input_signature=[*batch, number, number])
    def step(*arrays):
        *inputs, target, weight = arrays
        with tensorflow.GradientTape() as tape:
            scores = network(inputs, training=True)
            loss = tensorflow.reduce_mean(keras.ops.binary_crossentropy(target, scores) * weight)
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply(gradients, network.trainable_variables)
        return loss

    return optimizer, step


def _fingerprint(*parts: Any) -> str:
    """Of settings and arrays, in their order."""
    digest = hashlib.sha256()
    for part in parts:
        for item in part if isinstance(part, tuple) else (part,):
            digest.update(np.ascontiguousarray(item) if isinstance(item, np.ndarray) else repr(item).encode())
    return digest.hexdigest()
