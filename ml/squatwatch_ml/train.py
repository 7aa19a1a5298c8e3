"""Trains the network from the packaged lists, sets its threshold, and writes the artifact."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from squatwatch_ml import dataset
from squatwatch_ml.artifact import write_artifact
from squatwatch_ml.encode import ALPHABET, CHANNELS, LENGTH, Encoded, encode
from squatwatch_ml.features import FEATURES
from squatwatch_ml.score import import_tensorflow, predict

PER_NAMES = 150_000  # a day's registrations, the size alarms are counted for
SCORED_AT_A_TIME = 1024


class TrainingError(ValueError):
    """Training cannot end in a usable network; the message says what to change."""


def train(
    output: Path,
    *,
    brand_count: int = 600,
    positives: int = 120,
    negatives: int = 500,
    background: int = 500_000,
    epochs: int = 6,
    batch_size: int = 256,
    contained_share: float = 0.25,
    seed: int = 1,
    alarm_budget: float = 3.0,
    registrations: Sequence[Path] = (),
    config: dict[str, Any] | None = None,
    say: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Trains and writes the artifact to the folder `output`; returns its manifest.

    `brand_count` pseudo-brands are split in three: most to learn from, some to set the threshold, some for the metrics.
    Each has up to `positives` generated imitations and `negatives` background names, drawn from `background` popular
    names and, if given, the lists in `registrations` (files of domains, plain, .gz or .zip); `contained_share` of the
    background names that contain the brand are learnt from. The threshold is the
    lowest at which background names of the second group are flagged at most `alarm_budget` times per brand and 150,000
    names. The same arguments and versions give the same weights.

    Raises TrainingError where nothing can be learnt (too few brands, no pairs, a loss that is not a number).
    """
    started = time.monotonic()
    tensorflow = import_tensorflow()
    import keras

    from squatwatch_ml.model import Config, build

    keras.utils.set_random_seed(seed)
    tensorflow.config.experimental.enable_op_determinism()
    rng = np.random.default_rng(seed)

    say("reading the packaged lists" + (f" and {len(registrations)} registration lists" if registrations else ""))
    source = dataset.read_source(registrations)
    try:
        learnt, tuned, held_out = dataset.split_brands(source.brand_pool, brand_count, rng)
    except ValueError as error:
        raise TrainingError(f"{error}; raise brand_count") from None
    names = _background(source, background, rng)
    if not names:
        raise TrainingError("there are no background names: both kinds are needed; raise background")
    say(f"{len(learnt)} brands to learn from, {len(tuned)} for the threshold, {len(held_out)} for the metrics")
    pairs = dataset.join(
        dataset.positive_pairs(learnt, positives, rng, source),
        dataset.background_pairs(learnt, names, negatives, rng, contained_share),
        dataset.number_pairs(learnt, positives // 4, rng),
    )
    positive_count = int(pairs.target.sum())
    if not 0 < positive_count < len(pairs.target):
        raise TrainingError(
            f"{positive_count} imitations among {len(pairs.target)} pairs: both kinds are needed; "
            "raise positives, negatives or background"
        )
    say(f"encoding {positive_count:,} imitations and {len(pairs.target) - positive_count:,} background names")
    encoded = encode(pairs.labels, pairs.brands, source.words)

    sizes = Config(**(config or {}))
    network = build(sizes)
    losses = _fit(network, encoded, pairs.target, epochs, batch_size, rng, say)

    def scores_of(some: dataset.Pairs) -> np.ndarray:
        return predict(network, encode(some.labels, some.brands, source.words), SCORED_AT_A_TIME)

    tuning = scores_of(dataset.background_pairs(tuned, names, None, rng))
    scale = PER_NAMES / len(names)
    threshold = threshold_for(tuning, alarm_budget * len(tuned) / scale)
    found = scores_of(dataset.positive_pairs(held_out, positives, rng, source))
    flagged = scores_of(dataset.background_pairs(held_out, names, None, rng))
    metrics = {
        "training_loss": losses,
        "held_out_imitations": len(found),
        "held_out_recall": round(float((found >= threshold).mean()), 4) if len(found) else None,
        "held_out_flagged_per_brand_per_150k": round(float((flagged >= threshold).sum() * scale / len(held_out)), 2),
    }
    manifest = {
        "model_version": version_of(network.get_weights(), threshold),
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "threshold": threshold,
        "alphabet": ALPHABET,
        "length": LENGTH,
        "channels": list(CHANNELS),
        "features": list(FEATURES),
        "config": sizes.as_dict(),
        "parameter_count": network.count_params(),
        "training": {
            "seed": seed, "brand_count": brand_count, "positives": positives, "negatives": negatives,
            "background": background, "epochs": epochs, "batch_size": batch_size,
            "contained_share": contained_share, "alarm_budget": alarm_budget,
        },
        "data": {
            "lists": ["pymispwarninglists tranco", "pymispwarninglists tranco10k"],
            "registrations": [path.name for path in registrations],
            "fingerprint": source.fingerprint,
            "brands_learnt": sorted(learnt),
            "pairs": {"imitations": positive_count, "background": len(pairs.target) - positive_count},
        },
        "metrics": metrics,
        "versions": {
            "python": platform.python_version(), "numpy": np.__version__,
            "keras": keras.__version__, "tensorflow": tensorflow.__version__,
        },
    }  # fmt: skip
    write_artifact(Path(output), manifest, network.get_weights(), source.words)
    say(f"wrote {output}: threshold {threshold}, {time.monotonic() - started:.0f} s")
    say(
        f"brands never trained on: recall {metrics['held_out_recall']} of {len(found)} generated imitations, "
        f"{metrics['held_out_flagged_per_brand_per_150k']} popular names flagged per brand and 150,000"
    )
    return manifest


def version_of(weights: Sequence[np.ndarray], threshold: float) -> str:
    """A name that changes with the weights and the threshold, and with nothing else."""
    digest = hashlib.sha256(repr(threshold).encode())
    for array in weights:
        digest.update(np.ascontiguousarray(array).tobytes())
    return f"bilstm-{digest.hexdigest()[:10]}"


def threshold_for(background: np.ndarray, most: float) -> float:
    """The lowest threshold at which at most `most` of the background scores reach it."""
    ranked = np.sort(background)[::-1]
    allowed = int(most)
    if allowed >= len(ranked):
        return 0.5
    return min(
        round(round(float(ranked[allowed]), 5) + 5e-6, 6), 0.999995
    )  # between two scores: those have five places


def _background(source: dataset.Source, count: int, rng: np.random.Generator) -> list[str]:
    """Popular labels drawn by chance, and all registered ones."""
    drawn = rng.permutation(len(source.popular))[:count]
    return list(dict.fromkeys([*(source.popular[at] for at in drawn), *source.registered]))


def _fit(network, encoded: Encoded, target: np.ndarray, epochs: int, batch_size: int, rng, say) -> list[float]:
    """Trains in place, shuffled anew each epoch. Returns the mean loss of each epoch."""
    import keras

    steps = -(-len(target) // batch_size) * epochs
    schedule = keras.optimizers.schedules.CosineDecay(3e-3, steps, alpha=0.02)
    network.compile(optimizer=keras.optimizers.Adam(schedule, clipnorm=1.0), loss="binary_crossentropy")
    losses = []
    for epoch in range(1, epochs + 1):
        started = time.monotonic()
        total = 0.0
        order = rng.permutation(len(target))
        batches = [order[at : at + batch_size] for at in range(0, len(order), batch_size)]
        for number, rows in enumerate(batches, start=1):
            loss = float(network.train_on_batch(list(encoded.take(rows)), target[rows]))
            if not np.isfinite(loss):
                raise TrainingError(f"the loss became {loss} in epoch {epoch}: nothing was written; try another seed")
            total += loss
            if number % max(len(batches) // 4, 1) == 0:
                say(f"epoch {epoch}/{epochs}  {number / len(batches):4.0%}  mean loss {total / number:.4f}")
        losses.append(round(total / len(batches), 5))
        say(f"epoch {epoch}/{epochs} done in {time.monotonic() - started:.0f} s")
    return losses
