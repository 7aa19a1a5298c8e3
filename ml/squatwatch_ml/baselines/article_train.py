"""The article's network for one brand: its training, and its artifact, a folder like the shipped one's.

The network is told nothing of the brand, so its artifact answers for one brand alone: `squatwatch score` refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.baselines.article_network import LENGTH, ArticleConfig, build, characters
from squatwatch_ml.baselines.balanced import NameSet, balanced_names
from squatwatch_ml.baselines.measures import measures
from squatwatch_ml.baselines.plans import ArticlePlan
from squatwatch_ml.network.artifact import (
    REQUIRED,
    ArtifactError,
    Manifest,
    read_artifact,
    refuse_existing,
    write_artifact,
)
from squatwatch_ml.network.engines.tensorflow import import_keras, predict
from squatwatch_ml.pair.encode import ALPHABET
from squatwatch_ml.training.fit import fit
from squatwatch_ml.training.frame import SCORED_AT_A_TIME, repeatable, version_of

ARCHITECTURE = "article"
THRESHOLD = 0.5  # as many of one kind as of the other


class ArticleScorer:
    """The network of one brand. `threshold` is its artifact's."""

    def __init__(self, network: Any, brand: str, threshold: float = THRESHOLD):
        self.network = network
        self.brand = brand
        self.threshold = threshold

    @classmethod
    def load(cls, folder: Path) -> ArticleScorer:
        """Read what `train_article` wrote. Raises ArtifactError for a folder that is nothing of the kind."""
        artifact = read_artifact(Path(folder))
        manifest = artifact.manifest
        if manifest.get("architecture") != ARCHITECTURE:
            raise ArtifactError(f"{folder} is not the article's network. {_remedy(folder)}")
        import_keras()
        try:
            network = build(ArticleConfig(**manifest["config"]))
            network.set_weights(artifact.weights)
        except (TypeError, ValueError) as error:
            raise ArtifactError(f"the weights in {folder} do not fit its manifest. {_remedy(folder)}") from error
        return cls(network, manifest["brand"], float(manifest["threshold"]))

    def score(self, domains: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 [len(domains)], 0 to 1; domains in Unicode."""
        return predict(self.network, characters(domains), SCORED_AT_A_TIME)


def train_article(
    output: Path,
    brand: str,
    plan: ArticlePlan = ArticlePlan(),  # noqa: B008 - frozen
    *,
    replace: bool = False,
    say: Callable[[str], None] = print,
) -> Manifest:
    """Train the article's network for a brand and write its artifact to the folder `output`; return its manifest.

    The same plan and versions give the same weights. Raises ArtifactError where `output` holds an artifact already and
    `replace` is false, BrandError where the brand cannot be imitated, and TrainingError.
    """
    refuse_existing(output, replace)
    data = balanced_names(brand, plan.positives, plan.seed)
    say(f"learning {brand} from {len(data.train.labels):,} names, half of them generated")
    scorer, losses = learnt(data.train, brand, plan, say)
    held_out = measures(scorer.score(data.test.domains), data.test.target, THRESHOLD)
    weights = scorer.network.get_weights()
    absent = cast(Manifest, dict.fromkeys(REQUIRED))  # what only the shipped network has is null
    manifest: Manifest = {
        **absent,
        "model_version": version_of(weights, THRESHOLD, ARCHITECTURE),
        "architecture": ARCHITECTURE,
        "brand": brand,
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "threshold": THRESHOLD,
        "alphabet": ALPHABET,
        "length": LENGTH,
        "config": asdict(ArticleConfig()),
        "parameter_count": scorer.network.count_params(),
        "training": asdict(plan),
        "metrics": {"training_loss": losses, **{name: round(value, 5) for name, value in held_out._asdict().items()}},
    }
    write_artifact(output, manifest, weights)
    say(f"wrote {output}; of {len(data.test.labels):,} names held out: {manifest['metrics']}")
    return manifest


def learnt(
    names: NameSet, brand: str, plan: ArticlePlan, say: Callable[[str], None] = print
) -> tuple[ArticleScorer, list[float]]:
    """Train a network on these names; return it, and the mean loss of each epoch. Raises TrainingError."""
    repeatable(plan.seed)
    network = build(ArticleConfig())
    losses = fit(network, characters(names.domains), names.target, plan, say=say)
    return ArticleScorer(network, brand), losses


def _remedy(folder: Path) -> str:
    return f"Run: squatwatch train-article --brand NAME --output {folder}"
