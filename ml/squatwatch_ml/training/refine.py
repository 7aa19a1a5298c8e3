"""Training on: a network in use learns what analysts have judged since.

It begins with the weights in use, because the lists that they were learnt from are not everywhere, and learns three
kinds of pairs together:

- *rehearsal*: generated imitations and background names, as in `train`, so that nothing is forgotten;
- *labels*: what analysts judged. All of them together weigh at most a tenth, so a few wrong ones cannot turn the
  network;
- *neighbours*: names near the labelled ones that nobody judged, with the score that the network gives them now. One
  label is so kept from dragging everything near it along (learning without forgetting, Li and Hoiem 2016).

Unlike in `train` the labels of every brand teach, also of the brands that the model card reports on: it is a network
for the place whose labels these are. Its figures are those of `evaluation.compare`, on labels that it has not learnt.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.network.artifact import OF_THE_FILES, Artifact, Manifest, read_artifact
from squatwatch_ml.network.config import NetworkConfig
from squatwatch_ml.text.names import label_of
from squatwatch_ml.training.checkpoint import Keeping, checkpoint_of
from squatwatch_ml.training.data.labels import LabelledNames, read_labels
from squatwatch_ml.training.data.pairs import TrainingPairs, alike, join, labelled_pairs
from squatwatch_ml.training.data.source import read_source
from squatwatch_ml.training.fit import Resumption, TrainingError
from squatwatch_ml.training.frame import Learner, Learnt, Lesson, Start, learn
from squatwatch_ml.training.plans import RefinementPlan, TrainingPlan
from squatwatch_ml.training.train import training_parts


def refine(
    start: Path,
    output: Path,
    labels: Path,
    plan: RefinementPlan = RefinementPlan(),  # noqa: B008 - frozen
    *,
    neighbours: Path | None = None,
    registrations: Sequence[Path] = (),
    keeping: Keeping | None = None,
    replace: bool = False,
    say: Callable[[str], None] = print,
) -> Manifest:
    """Train on from the artifact `start` and write the artifact `output`; return its manifest.

    labels: CSV with brand, domain, verdict; neighbours: CSV with brand, domain; registrations: lists of domains as
    further background. Where it was killed in between, it goes on from the checkpoint, as `train` does.

    Raises ArtifactError where `output` holds an artifact already and `replace` is false; TrainingError where there is
    nothing to learn; TrainingInterrupted where it must stop; OSError and ValueError for a file that cannot be read.
    """
    artifact = read_artifact(start)
    labelled = read_labels([labels], every_brand=True)
    if not labelled.names:
        raise TrainingError(f"{labels} has no label to learn from")
    kept = keeping or Keeping(checkpoint_of(output))
    work = _Refining(artifact, labelled, plan, kept, neighbours, registrations, say)
    begin = Start(NetworkConfig.of_manifest(artifact.manifest["config"]), artifact.weights)
    manifest = learn(output, begin, plan, work.lesson, work.describe, replace=replace, say=say)
    checkpoint_of(output).unlink(missing_ok=True)
    return manifest


class _Refining:
    """The pairs of a training on, and what its manifest says of them."""

    def __init__(
        self,
        artifact: Artifact,
        labelled: LabelledNames,
        plan: RefinementPlan,
        keeping: Keeping,
        neighbours: Path | None,
        registrations: Sequence[Path],
        say: Callable[[str], None],
    ):
        self._artifact, self._labelled, self._plan, self._keeping = artifact, labelled, plan, keeping
        self._neighbours, self._registrations, self._say = neighbours, registrations, say
        self._neighbour_count = 0

    def lesson(self, learner: Learner) -> Lesson:
        rehearsed = _rehearsal(self._plan, self._registrations)
        labelled = labelled_pairs(self._labelled.names)
        near = _scored_now(self._neighbours, learner)
        self._neighbour_count = len(near.target)
        self._say(
            f"{len(self._labelled.names):,} labels, {self._labelled.contradictions:,} contradictions left out, "
            f"{self._neighbour_count:,} neighbours"
        )
        pairs = join(rehearsed, labelled, near)
        weight = np.ones(len(pairs.target), np.float32)
        of_labels = slice(len(rehearsed.target), len(rehearsed.target) + len(labelled.target))
        weight[of_labels] = weight_of_labels(self._plan, len(labelled.target), len(weight))
        fingerprint = f"{self._plan} {self._artifact.manifest['weights_sha256']} {learner.versions}"
        return Lesson(pairs, weight, Resumption(self._keeping, fingerprint))

    def describe(self, learnt: Learnt) -> Manifest:
        of_the_network = {key: value for key, value in self._artifact.manifest.items() if key not in OF_THE_FILES}
        manifest = cast(Manifest, of_the_network)
        manifest["metrics"] = {}  # those of the network that training began with
        manifest["refined"] = {
            "from": self._artifact.manifest["model_version"],
            **asdict(self._plan),
            "labels": len(self._labelled.names),
            "contradictions": self._labelled.contradictions,
            "neighbours": self._neighbour_count,
            "registrations": len(self._registrations),
        }
        return manifest


def weight_of_labels(plan: RefinementPlan, label_count: int, pair_count: int) -> float:
    """Return the weight of each label, so that all of them together have no more than their share."""
    others = pair_count - label_count
    most = plan.most_of_labels / (1 - plan.most_of_labels) * others / max(label_count, 1)
    return min(plan.label_weight, most)


def _rehearsal(plan: RefinementPlan, registrations: Sequence[Path]) -> TrainingPairs:
    rehearsed = TrainingPlan(
        brand_count=plan.brand_count, positives=plan.positives, negatives=plan.negatives, background=plan.background,
        seed=plan.seed, planted=0,
    )  # fmt: skip
    return training_parts(read_source(registrations), rehearsed)[1]


def _scored_now(path: Path | None, learner: Learner) -> TrainingPairs:
    """Read names that nobody judged, with the score that the network gives them before it learns."""
    if path is None:
        return alike([], 0)
    with path.open(encoding="utf-8", newline="") as file:
        names = [(label_of(row["domain"]), row["brand"]) for row in csv.DictReader(file)]
    pairs = alike(names, 0)
    scores: NDArray[np.float32] = learner.score(pairs) if names else pairs.target
    return pairs._replace(target=np.asarray(scores, np.float32).reshape(-1))
