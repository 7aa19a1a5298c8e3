"""Training from scratch: a network learns from the packaged lists, and from lists and labels of your own if given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from squatwatch_ml.network.artifact import Manifest
from squatwatch_ml.network.components import neutral_features
from squatwatch_ml.network.encoding import encoding
from squatwatch_ml.text.names import labels_of, read_domains
from squatwatch_ml.training.checkpoint import Keeping, checkpoint_of
from squatwatch_ml.training.data.pairs import (
    TrainingPairs,
    background_pairs,
    join,
    labelled_pairs,
    not_planted,
    number_pairs,
    planted_pairs,
    positive_pairs,
)
from squatwatch_ml.training.data.source import BrandSplit, Source, draw_background, read_source, split_brands
from squatwatch_ml.training.fit import Resumption, TrainingError
from squatwatch_ml.training.frame import Learner, Learnt, Lesson, Start, learn
from squatwatch_ml.training.measure import measure
from squatwatch_ml.training.plans import TrainingPlan

FILES = ("registrations", "labels", "calibration")


def train(
    output: Path,
    plan: TrainingPlan = TrainingPlan(),  # noqa: B008 - frozen
    *,
    keeping: Keeping | None = None,
    replace: bool = False,
    say: Callable[[str], None] = print,
) -> Manifest:
    """Train a network by a plan and write its artifact to the folder `output`; return its manifest.

    The same plan and versions give the same weights, also where the training was killed in between: it goes on from
    the checkpoint of `keeping`, which its owner removes; without one it lies beside `output` until the end.

    Raises ArtifactError where `output` holds an artifact already and `replace` is false; TrainingError where nothing
    can be learnt (too few brands, no pairs, a loss that is not a number); TrainingInterrupted where it must stop;
    OSError and ValueError for a file that cannot be read.
    """
    work = _Training(plan, keeping or Keeping(checkpoint_of(output)), say)
    manifest = learn(output, Start(plan.config), plan, work.lesson, work.describe, replace=replace, say=say)
    checkpoint_of(output).unlink(missing_ok=True)
    return manifest


class _Training:
    """The pairs of a training from scratch, and what its manifest says of them."""

    def __init__(self, plan: TrainingPlan, keeping: Keeping, say: Callable[[str], None]):
        self._plan, self._keeping, self._say = plan, keeping, say

    def lesson(self, learner: Learner) -> Lesson:
        plan = self._plan
        counts = {name: len(getattr(plan, name)) for name in FILES}
        self._say("reading the packaged lists" + "".join(f", {count} of {name}" for name, count in counts.items()))
        self.source = read_source(plan.registrations, plan.labels)
        if plan.labels:
            labelled = self.source.labelled
            self._say(
                f"{len(labelled.names):,} labels; left out: {labelled.contradictions:,} pairs that contradict one "
                f"another, {labelled.kept_apart:,} labels of brands that are reported on"
            )
        self.brands, pairs = training_parts(self.source, plan)
        self.counts = {"imitations": int(pairs.target.sum()), "background": int((1 - pairs.target).sum())}
        self._say(f"{len(self.brands.learnt)} brands to learn from, {len(self.brands.held_out)} for the metrics")
        self._say(
            f"encoding {self.counts['imitations']:,} imitations and {self.counts['background']:,} background names"
        )
        apart_from_files = replace(plan, registrations=(), labels=(), calibration=())  # their content is in the source
        fingerprint = f"{apart_from_files} {self.source.fingerprint} {learner.versions}"
        return Lesson(pairs, resumption=Resumption(self._keeping, fingerprint))

    def describe(self, learnt: Learnt) -> Manifest:
        plan, metrics = self._plan, self._metrics(learnt.learner)
        self._say("brands never trained on: " + ", ".join(f"{name} {value}" for name, value in metrics.items()))
        return {
            "threshold": plan.threshold,
            "thresholds": plan.thresholds,
            **encoding(),
            "neutral_features": neutral_features(learnt.encoded.features[learnt.target == 0]),
            "training": {key: value for key, value in asdict(plan).items() if key not in (*FILES, "config")},
            "data": {
                "lists": ["pymispwarninglists tranco", "pymispwarninglists tranco10k"],
                **{name: [path.name for path in getattr(plan, name)] for name in FILES},
                "fingerprint": self.source.fingerprint,
                "brands_learnt": sorted(self.brands.learnt),
                "pairs": self.counts,
            },
            "metrics": metrics,
        }

    def _metrics(self, learner: Learner) -> dict[str, Any]:
        """Measure on held-out brands; alarms are counted in the calibration lists, else in popular names."""
        plan, brands = self._plan, self.brands.held_out
        rng = np.random.default_rng([plan.seed, 1])
        names = labels_of(domain for path in plan.calibration for domain in read_domains(path))
        popular = self.source.popular
        names = names or [popular[at] for at in rng.permutation(len(popular))[: plan.background]]
        imitations = positive_pairs(brands, plan.positives, rng, self.source.vocabulary)
        return dict(measure(learner.score, brands, plan.thresholds, imitations, names, rng))


def training_parts(source: Source, plan: TrainingPlan) -> tuple[BrandSplit, TrainingPairs]:
    """Draw pseudo-brands and make all pairs of a training.

    Raises TrainingError where there are too few brands, or pairs of one kind only.
    """
    rng = np.random.default_rng(plan.seed)
    try:
        brands = split_brands(source.brand_pool, plan.brand_count, rng)
    except ValueError as error:
        raise TrainingError(f"{error}; raise brand_count") from None
    learnt, share, labelled = brands.learnt, plan.contained_share, source.labelled.names
    pairs = join(
        positive_pairs(learnt, plan.positives, rng, source.vocabulary),
        planted_pairs(labelled, learnt, plan.planted, rng),
        labelled_pairs(not_planted(labelled)),
        background_pairs(learnt, _background(source, plan.background, rng), plan.negatives, rng, share),
        background_pairs(learnt, source.registered, plan.negatives, rng, share),
        number_pairs(learnt, plan.positives // 4, rng),
    )
    imitations = int(pairs.target.sum())
    if not 0 < imitations < len(pairs.target):
        raise TrainingError(
            f"{imitations} imitations among {len(pairs.target)} pairs: both kinds are needed; "
            "raise positives, negatives or background"
        )
    return brands, pairs


def _background(source: Source, count: int, rng: np.random.Generator) -> list[str]:
    names = draw_background(source, count, rng)
    if not names:
        raise TrainingError("there are no background names: both kinds are needed; raise background")
    return names


def training_pairs(manifest: Manifest, folder: Path | None) -> TrainingPairs:
    """Make the pairs again that an artifact's network was trained on, from its manifest.

    `folder`: where the files that the manifest names lie, or their sub-folder `registrations`. Raises OSError where
    one is not there.
    """
    registrations, labels, _ = ([_file(folder or Path(), file) for file in manifest["data"][name]] for name in FILES)
    plan = replace(TrainingPlan(**manifest["training"]), registrations=registrations, labels=labels)
    return training_parts(read_source(plan.registrations, plan.labels), plan)[1]


def _file(folder: Path, name: str) -> Path:
    return next((path for path in (folder / name, folder.parent / name) if path.exists()), folder / name)
