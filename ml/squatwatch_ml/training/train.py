"""Trains the network from the packaged lists, sets its threshold, and writes the artifact."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from squatwatch_ml.network.artifact import write_artifact
from squatwatch_ml.network.components import neutral_features
from squatwatch_ml.network.engines.export import export
from squatwatch_ml.network.engines.tensorflow import import_tensorflow, predict
from squatwatch_ml.pair.encode import ALPHABET, CHANNELS, LENGTH, encode
from squatwatch_ml.pair.features import FEATURES
from squatwatch_ml.text.words import word_lists
from squatwatch_ml.training import dataset
from squatwatch_ml.training.fit import TrainingError, fit
from squatwatch_ml.training.measure import measure

SCORED_AT_A_TIME = 1024


@dataclass(frozen=True)
class Plan:
    """How much is learnt, from what. The defaults are those of the shipped artifact."""

    brand_count: int = 1200  # pseudo-brands: most to learn from, an eighth for the metrics
    positives: int = 60  # generated imitations of each, at most
    planted: int = 40  # what labels say was registered around other brands, around each of these, at most
    negatives: int = 200  # popular names that come near each, at most, and as many registered ones
    background: int = 150_000  # popular names that the background is drawn from
    contained_share: float = 0.2  # of the background names that contain the brand, so many are learnt from
    epochs: int = 6
    batch_size: int = 512
    learning_rate: float = 4e-3  # at the start; it falls from there
    seed: int = 1
    threshold: float = 0.5  # from which a name is flagged; this and the next were chosen on the day for tuning
    word_threshold: float = 0.55  # for brands that are common words, and for those of two to four letters: stricter
    registrations: Sequence[Path] = ()  # files of domains (plain, .gz, .zip) as further background
    labels: Sequence[Path] = ()  # files of verdicts, see `labels`
    calibration: Sequence[Path] = ()  # files of domains that the metrics count alarms in; without them the background
    config: dict[str, Any] = field(default_factory=dict)  # sizes of the network, see model.Config


FILES = ("registrations", "labels", "calibration")


class Brands(NamedTuple):
    """Pseudo-brands, no one in both groups."""

    learnt: list[str]
    held_out: list[str]


def train(output: Path, *, say: Callable[[str], None] = print, **settings: Any) -> dict[str, Any]:
    """Trains by a `Plan` of these settings and writes the artifact to the folder `output`; returns its manifest.

    The same settings and versions give the same weights, also where the training was killed in between: it goes on from
    the checkpoint that lies beside `output` until the end.

    Raises TrainingError where nothing can be learnt (too few brands, no pairs, a loss that is not a number), OSError
    and ValueError for a file that cannot be read.
    """
    started = time.monotonic()
    plan = Plan(**settings)
    versions = prepare(plan.seed)
    from squatwatch_ml.network.model import Config, build

    say("reading the packaged lists" + "".join(f", {len(getattr(plan, each))} of {each}" for each in FILES))
    source = dataset.read_source(plan.registrations, plan.labels)
    _say_labels(source, plan, say)
    brands, pairs = training_parts(source, plan)
    counts = {"imitations": int(pairs.target.sum()), "background": int((1 - pairs.target).sum())}
    say("{} brands to learn from, {} for the metrics".format(*map(len, brands)))
    say(f"encoding {counts['imitations']:,} imitations and {counts['background']:,} background names")
    encoded = encode(pairs.labels, pairs.brands)
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
        return predict(network, encode(some.labels, some.brands), SCORED_AT_A_TIME)

    thresholds = {"name": plan.threshold, "word": plan.word_threshold, "short": plan.word_threshold}
    metrics = {"training_loss": losses, **measure(scores_of, brands.held_out, thresholds, plan, source)}
    manifest = {
        "model_version": version_of(network.get_weights(), thresholds),
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "threshold": plan.threshold,
        "thresholds": thresholds,
        **_encoding(),
        "neutral_features": neutral_features(encoded.features[pairs.target == 0]),
        "config": sizes.as_dict(),
        "parameter_count": network.count_params(),
        **_provenance(plan, source, brands, counts),
        "metrics": metrics,
        "versions": versions,
    }
    write_artifact(Path(output), manifest, network.get_weights(), export(network, some))
    checkpoint.unlink(missing_ok=True)
    say(f"wrote {output}: {time.monotonic() - started:.0f} s")
    say(
        "brands never trained on: "
        + ", ".join(f"{name} {value}" for name, value in metrics.items() if name != "training_loss")
    )
    return manifest


def training_pairs(manifest: dict[str, Any], folder: Path | None) -> dataset.Pairs:
    """The pairs that an artifact's network was trained on, made again from its manifest.

    `folder`: of the files that the manifest names, or of their folder `registrations`. Raises OSError where one is not
    there.
    """
    files = {each: [_file(folder or Path(), name) for name in manifest["data"][each]] for each in FILES}
    plan = Plan(**manifest["training"], **files)
    return training_parts(dataset.read_source(plan.registrations, plan.labels), plan)[1]


def _file(folder: Path, name: str) -> Path:
    return next((path for path in (folder / name, folder.parent / name) if path.exists()), folder / name)


def checkpoint_of(output: Path) -> Path:
    """Where an interrupted training of this artifact is kept."""
    return output.with_name(f".{output.name}.training.npz")


def prepare(seed: int) -> dict[str, str]:
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


def _encoding() -> dict[str, Any]:
    """What the network reads: scoring refuses an artifact of another encoding."""
    return {
        "alphabet": ALPHABET,
        "length": LENGTH,
        "channels": list(CHANNELS),
        "features": list(FEATURES),
        "word_lists": word_lists(),
    }


def _provenance(plan: Plan, source: dataset.Source, brands: Brands, counts: dict[str, int]) -> dict[str, Any]:
    """What it was trained on, and how."""
    return {
        "training": {key: value for key, value in asdict(plan).items() if key not in (*FILES, "config")},
        "data": {
            "lists": ["pymispwarninglists tranco", "pymispwarninglists tranco10k"],
            **{each: [path.name for path in getattr(plan, each)] for each in FILES},
            "fingerprint": source.fingerprint,
            "brands_learnt": sorted(brands.learnt),
            "pairs": counts,
        },
    }


def _say_labels(source: dataset.Source, plan: Plan, say: Callable[[str], None]) -> None:
    if plan.labels:
        said = source.labels
        say(
            f"{len(said.labels):,} labels; left out: {said.contradictions:,} pairs that contradict one another, "
            f"{said.kept_apart:,} labels of brands that are reported on"
        )


def training_parts(source: dataset.Source, plan: Plan) -> tuple[Brands, dataset.Pairs]:
    rng = np.random.default_rng(plan.seed)
    try:
        brands = Brands(*dataset.split_brands(source.brand_pool, plan.brand_count, rng))
    except ValueError as error:
        raise TrainingError(f"{error}; raise brand_count") from None
    learnt, share = brands.learnt, plan.contained_share
    pairs = dataset.join(
        dataset.positive_pairs(learnt, plan.positives, rng, source),
        dataset.planted_pairs(source.labels.labels, learnt, plan.planted, rng),
        dataset.said_pairs(source.labels.labels),
        dataset.background_pairs(learnt, background(source, plan.background, rng), plan.negatives, rng, share),
        dataset.background_pairs(learnt, source.registered, plan.negatives, rng, share),
        dataset.number_pairs(learnt, plan.positives // 4, rng),
    )
    imitations = int(pairs.target.sum())
    if not 0 < imitations < len(pairs.target):
        raise TrainingError(
            f"{imitations} imitations among {len(pairs.target)} pairs: both kinds are needed; "
            "raise positives, negatives or background"
        )
    return brands, pairs


def background(source: dataset.Source, count: int, rng: np.random.Generator) -> list[str]:
    """Popular labels drawn by chance."""
    drawn = rng.permutation(len(source.popular))[:count]
    names = list(dict.fromkeys(source.popular[at] for at in drawn))
    if not names:
        raise TrainingError("there are no background names: both kinds are needed; raise background")
    return names


def version_of(weights: Sequence[np.ndarray], thresholds: Mapping[str, float] | float) -> str:
    """A name that changes with the weights and the thresholds, and with nothing else."""
    digest = hashlib.sha256(repr(thresholds).encode())
    for array in weights:
        digest.update(np.ascontiguousarray(array).tobytes())
    return f"bilstm-{digest.hexdigest()[:10]}"
