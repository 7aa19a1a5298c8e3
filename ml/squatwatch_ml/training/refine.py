"""Goes on training a network with what people have said of names since.

It begins with the weights in use, because the lists that they were learnt from are not everywhere, and learns three
kinds of pairs together:

- *rehearsal*: generated imitations and background names, as in `train`, so that nothing is forgotten;
- *labels*: what people said. All of them together weigh at most a tenth, so a few wrong ones cannot turn the network;
- *neighbours*: names near the labelled ones of which nobody said anything, with the score that the network gives them
  now. One verdict is so kept from dragging everything near it along (learning without forgetting, Li and Hoiem 2016).

Unlike in `train` the labels of every brand teach, also of the brands that the model card reports on: it is a network
for the place whose labels these are. Its figures are those of `evaluation.versus`, on labels that it has not learnt.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from squatwatch_ml.network.artifact import read_artifact, write_artifact
from squatwatch_ml.network.engines.export import export
from squatwatch_ml.network.engines.tensorflow import predict
from squatwatch_ml.pair.encode import encode
from squatwatch_ml.text.names import label_of
from squatwatch_ml.training import dataset
from squatwatch_ml.training.fit import TrainingError, fit
from squatwatch_ml.training.labels import Labels, read_labels
from squatwatch_ml.training.train import SCORED_AT_A_TIME, Plan, prepare, training_parts, version_of


@dataclass(frozen=True)
class Refinement:
    """How much is rehearsed, and what labels weigh. Some two CPU minutes with the defaults."""

    brand_count: int = 300
    positives: int = 30
    negatives: int = 60
    background: int = 60_000
    epochs: int = 2
    batch_size: int = 256
    learning_rate: float = 5e-4
    label_weight: float = 5.0  # of one label, where a rehearsed pair weighs 1
    most_of_labels: float = 0.1  # of all weight that labels may have together
    seed: int = 1


def refine(
    start: Path,
    output: Path,
    labels: Path,
    *,
    neighbours: Path | None = None,
    registrations: Sequence[Path] = (),
    say: Callable[[str], None] = print,
    **settings: Any,
) -> dict[str, Any]:
    """Trains on from the artifact `start` and writes the artifact `output`; returns its manifest.

    labels: CSV with brand, domain, verdict; neighbours: CSV with brand, domain; registrations: lists of domains as
    further background. Raises TrainingError where there is nothing to learn, OSError and ValueError for a bad file.
    """
    started, plan = time.monotonic(), Refinement(**settings)
    artifact = read_artifact(start)
    said = read_labels([labels], every_brand=True)
    if not said.labels:
        raise TrainingError(f"{labels} has no label to learn from")
    versions = prepare(plan.seed)
    from squatwatch_ml.network.model import Config, build

    network = build(Config(**artifact.manifest["config"]))
    network.set_weights(artifact.weights)
    rehearsed = _rehearsal(plan, registrations)
    spoken = _spoken(said)
    near = _neighbours(neighbours, network)
    say(
        f"{len(said.labels):,} labels, {said.contradictions:,} contradictions left out, {len(near.target):,} neighbours"
    )
    pairs = dataset.join(rehearsed, spoken, near)
    weights = np.ones(len(pairs.target), np.float32)
    weights[len(rehearsed.target) :][: len(spoken.target)] = weight_of_labels(plan, len(spoken.target), len(weights))
    losses = fit(
        network,
        encode(pairs.labels, pairs.brands),
        pairs.target,
        weights,
        epochs=plan.epochs,
        batch_size=plan.batch_size,
        learning_rate=plan.learning_rate,
        seed=plan.seed,
        say=say,
    )
    thresholds = artifact.manifest["thresholds"]
    manifest = {
        **{key: value for key, value in artifact.manifest.items() if key not in _OF_THE_FILES},
        "model_version": version_of(network.get_weights(), thresholds),
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "metrics": {"training_loss": losses},
        "versions": versions,
        "refined": {
            "from": artifact.manifest["model_version"],
            **asdict(plan),
            "labels": len(said.labels),
            "contradictions": said.contradictions,
            "neighbours": len(near.target),
            "registrations": len(registrations),
        },
    }
    write_artifact(
        output, manifest, network.get_weights(), export(network, encode(pairs.labels[:256], pairs.brands[:256]))
    )
    say(f"wrote {output}: {time.monotonic() - started:.0f} s")
    return manifest


_OF_THE_FILES = ("format_version", "weight_count", "weights_sha256", "network_sha256")


def weight_of_labels(plan: Refinement, label_count: int, pair_count: int) -> float:
    """Of each label, so that all of them together have no more than their share."""
    others = pair_count - label_count
    most = plan.most_of_labels / (1 - plan.most_of_labels) * others / max(label_count, 1)
    return min(plan.label_weight, most)


def _rehearsal(plan: Refinement, registrations: Sequence[Path]) -> dataset.Pairs:
    sizes = {name: getattr(plan, name) for name in ("brand_count", "positives", "negatives", "background", "seed")}
    source = dataset.read_source(registrations)
    return training_parts(source, Plan(**sizes, planted=0))[1]


def _spoken(said: Labels) -> dataset.Pairs:
    target = np.array([label.is_squat for label in said.labels], np.float32)
    return dataset.Pairs([each.label for each in said.labels], [each.brand for each in said.labels], target)


def _neighbours(path: Path | None, network: Any) -> dataset.Pairs:
    """Names that nobody judged, with what the network thinks of them before it learns."""
    if path is None:
        return dataset.Pairs([], [], np.zeros(0, np.float32))
    with path.open(encoding="utf-8", newline="") as file:
        found = [(label_of(row["domain"]), row["brand"]) for row in csv.DictReader(file)]
    labels, brands = [label for label, _ in found], [brand for _, brand in found]
    scores = predict(network, encode(labels, brands), SCORED_AT_A_TIME) if found else np.zeros(0)
    return dataset.Pairs(labels, brands, np.asarray(scores, np.float32).reshape(-1))
