"""Trains the network from the packaged lists, sets its threshold, and writes the artifact."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from squatwatch_ml import dataset
from squatwatch_ml.artifact import write_artifact
from squatwatch_ml.components import neutral_features
from squatwatch_ml.encode import ALPHABET, CHANNELS, LENGTH, encode
from squatwatch_ml.engines.export import export
from squatwatch_ml.engines.tensorflow import import_tensorflow, predict
from squatwatch_ml.features import FEATURES
from squatwatch_ml.fit import TrainingError, fit

PER_NAMES = 150_000  # a day's registrations, the size alarms are counted for
SCORED_AT_A_TIME = 1024


@dataclass(frozen=True)
class Plan:
    """How much is learnt, from what. The defaults are those of the shipped artifact."""

    brand_count: int = 600  # pseudo-brands: most to learn from, some to set the threshold, some for the metrics
    positives: int = 120  # generated imitations of each, at most
    negatives: int = 500  # background names that come near each, at most
    background: int = 500_000  # popular names that the background is drawn from
    contained_share: float = 0.25  # of the background names that contain the brand, so many are learnt from
    epochs: int = 6
    batch_size: int = 256
    learning_rate: float = 3e-3  # at the start; it falls from there
    seed: int = 1
    alarm_budget: float = 3.0  # background names flagged per brand and 150,000 that set the threshold
    registrations: Sequence[Path] = ()  # files of domains (plain, .gz, .zip) as further background
    config: dict[str, Any] = field(default_factory=dict)  # sizes of the network, see model.Config


class Brands(NamedTuple):
    """Pseudo-brands, no one in two groups."""

    learnt: list[str]
    tuned: list[str]
    held_out: list[str]


def train(output: Path, *, say: Callable[[str], None] = print, **settings: Any) -> dict[str, Any]:
    """Trains by a `Plan` of these settings and writes the artifact to the folder `output`; returns its manifest.

    The threshold is the lowest at which background names of the second group of brands are flagged at most
    `alarm_budget` times per brand and 150,000 names. The same settings and versions give the same weights, also where
    the training was killed in between: it goes on from the checkpoint that lies beside `output` until the end.

    Raises TrainingError where nothing can be learnt (too few brands, no pairs, a loss that is not a number).
    """
    started = time.monotonic()
    plan = Plan(**settings)
    versions = _prepare(plan.seed)
    from squatwatch_ml.model import Config, build

    rng = np.random.default_rng(plan.seed)
    say(
        "reading the packaged lists" + (f" and {len(plan.registrations)} registration lists" * bool(plan.registrations))
    )
    source = dataset.read_source(plan.registrations)
    brands = _split(source, plan, rng)
    names = _background(source, plan.background, rng)
    say("{} brands to learn from, {} for the threshold, {} for the metrics".format(*map(len, brands)))
    pairs = _training_pairs(source, brands.learnt, names, plan, rng)
    counts = {"imitations": int(pairs.target.sum()), "background": int((1 - pairs.target).sum())}
    say(f"encoding {counts['imitations']:,} imitations and {counts['background']:,} background names")
    encoded = encode(pairs.labels, pairs.brands, source.words)
    sizes = Config(**plan.config)
    network = build(sizes)
    some = encoded.take(slice(256))
    export(network, some)  # a network that cannot be shipped is known before it is trained
    checkpoint = checkpoint_of(Path(output))
    losses = fit(
        network,
        encoded,
        pairs.target,
        epochs=plan.epochs,
        batch_size=plan.batch_size,
        learning_rate=plan.learning_rate,
        seed=plan.seed,
        checkpoint=checkpoint,
        fingerprint=f"{plan} {source.fingerprint} {versions}",
        say=say,
    )

    def scores_of(some: dataset.Pairs) -> np.ndarray:
        return predict(network, encode(some.labels, some.brands, source.words), SCORED_AT_A_TIME)

    threshold = _threshold(scores_of, brands.tuned, names, plan.alarm_budget, rng)
    metrics = {"training_loss": losses, **_held_out(scores_of, threshold, brands.held_out, names, plan, source, rng)}
    manifest = {
        "model_version": version_of(network.get_weights(), threshold),
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "threshold": threshold,
        "alphabet": ALPHABET,
        "length": LENGTH,
        "channels": list(CHANNELS),
        "features": list(FEATURES),
        "neutral_features": neutral_features(encoded.features[pairs.target == 0]),
        "config": sizes.as_dict(),
        "parameter_count": network.count_params(),
        "training": {key: value for key, value in asdict(plan).items() if key not in ("registrations", "config")},
        "data": {
            "lists": ["pymispwarninglists tranco", "pymispwarninglists tranco10k"],
            "registrations": [path.name for path in plan.registrations],
            "fingerprint": source.fingerprint,
            "brands_learnt": sorted(brands.learnt),
            "pairs": counts,
        },
        "metrics": metrics,
        "versions": versions,
    }
    write_artifact(Path(output), manifest, network.get_weights(), source.words, export(network, some))
    checkpoint.unlink(missing_ok=True)
    say(f"wrote {output}: threshold {threshold}, {time.monotonic() - started:.0f} s")
    say(
        f"brands never trained on: recall {metrics['held_out_recall']} of {metrics['held_out_imitations']} imitations, "
        f"{metrics['held_out_flagged_per_brand_per_150k']} popular names flagged per brand and 150,000"
    )
    return manifest


def training_pairs(manifest: dict[str, Any], registrations: Path | None) -> tuple[dataset.Pairs, np.ndarray | None]:
    """The pairs that an artifact's network was trained on, made again from its manifest, and what each weighs.

    `registrations`: the folder of the lists that the manifest names. Raises OSError where one is not there.
    """
    lists = [(registrations or Path()) / name for name in manifest["data"]["registrations"]]
    plan = Plan(**manifest["training"], registrations=lists)
    rng = np.random.default_rng(plan.seed)
    source = dataset.read_source(plan.registrations)
    brands = _split(source, plan, rng)
    return _training_pairs(source, brands.learnt, _background(source, plan.background, rng), plan, rng), None


def checkpoint_of(output: Path) -> Path:
    """Where an interrupted training of this artifact is kept."""
    return output.with_name(f".{output.name}.training.npz")


def _prepare(seed: int) -> dict[str, str]:
    """Makes TensorFlow repeat itself; returns the versions that a repetition needs."""
    tensorflow = import_tensorflow()
    import keras

    keras.utils.set_random_seed(seed)
    tensorflow.config.experimental.enable_op_determinism()
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "keras": keras.__version__,
        "tensorflow": tensorflow.__version__,
    }


def _split(source: dataset.Source, plan: Plan, rng: np.random.Generator) -> Brands:
    try:
        return Brands(*dataset.split_brands(source.brand_pool, plan.brand_count, rng))
    except ValueError as error:
        raise TrainingError(f"{error}; raise brand_count") from None


def _training_pairs(
    source: dataset.Source, brands: list[str], names: list[str], plan: Plan, rng: np.random.Generator
) -> dataset.Pairs:
    pairs = dataset.join(
        dataset.positive_pairs(brands, plan.positives, rng, source),
        dataset.background_pairs(brands, names, plan.negatives, rng, plan.contained_share),
        dataset.number_pairs(brands, plan.positives // 4, rng),
    )
    imitations = int(pairs.target.sum())
    if not 0 < imitations < len(pairs.target):
        raise TrainingError(
            f"{imitations} imitations among {len(pairs.target)} pairs: both kinds are needed; "
            "raise positives, negatives or background"
        )
    return pairs


def _threshold(scores_of, brands: list[str], names: list[str], alarm_budget: float, rng: np.random.Generator) -> float:
    scores = scores_of(dataset.background_pairs(brands, names, None, rng))
    return threshold_for(scores, alarm_budget * len(brands) * len(names) / PER_NAMES)


def _held_out(
    scores_of, threshold: float, brands: list[str], names: list[str], plan: Plan, source: dataset.Source, rng
) -> dict[str, Any]:
    """What the threshold finds and raises for brands that neither weights nor threshold have seen."""
    found = scores_of(dataset.positive_pairs(brands, plan.positives, rng, source)) >= threshold
    flagged = scores_of(dataset.background_pairs(brands, names, None, rng)) >= threshold
    return {
        "held_out_imitations": len(found),
        "held_out_recall": round(float(found.mean()), 4) if len(found) else None,
        "held_out_flagged_per_brand_per_150k": round(float(flagged.sum() / len(brands) / len(names) * PER_NAMES), 2),
    }


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
    just_above = round(float(ranked[allowed]), 5) + 5e-6  # between two scores: those have five places
    return min(round(just_above, 6), 0.999995)


def _background(source: dataset.Source, count: int, rng: np.random.Generator) -> list[str]:
    """Popular labels drawn by chance, and all registered ones."""
    drawn = rng.permutation(len(source.popular))[:count]
    names = list(dict.fromkeys([*(source.popular[at] for at in drawn), *source.registered]))
    if not names:
        raise TrainingError("there are no background names: both kinds are needed; raise background")
    return names
