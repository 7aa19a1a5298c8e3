"""Trains the article's network for one brand and keeps it as a folder like the shipped one's: arrays and a manifest.

The network is told nothing of the brand, so its artifact answers for one brand alone: `squatwatch score` refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from squatwatch_ml.baselines.article_network import LENGTH, Config, build, characters
from squatwatch_ml.baselines.balanced import Names, balanced_names
from squatwatch_ml.baselines.measures import measures
from squatwatch_ml.network.artifact import REQUIRED, ArtifactError, read_artifact, write_artifact
from squatwatch_ml.network.engines.tensorflow import import_tensorflow, predict
from squatwatch_ml.pair.encode import ALPHABET
from squatwatch_ml.training.fit import fit
from squatwatch_ml.training.train import version_of

ARCHITECTURE = "article"
THRESHOLD = 0.5  # as many of one kind as of the other
SCORED_AT_A_TIME = 1024


@dataclass(frozen=True)
class Plan:
    positives: int = 10_000  # generated imitations, and as many real names; a fifth of both is held out
    epochs: int = 4
    batch_size: int = 128
    learning_rate: float = 3e-3
    seed: int = 1


class ArticleScorer:
    """The network of one brand. `threshold` is its artifact's."""

    def __init__(self, network, brand: str, threshold: float = THRESHOLD):
        self.network = network
        self.brand = brand
        self.threshold = threshold

    @classmethod
    def load(cls, folder: Path) -> ArticleScorer:
        """Reads what `train_article` wrote. Raises ArtifactError."""
        manifest, weights = read_artifact(Path(folder))[:2]
        if manifest.get("architecture") != ARCHITECTURE:
            raise ArtifactError(f"{folder} is not the article's network. {_remedy(folder)}")
        import_tensorflow()
        try:
            network = build(Config(**manifest["config"]))
            network.set_weights(weights)
        except (TypeError, ValueError) as error:
            raise ArtifactError(f"the weights in {folder} do not fit its manifest. {_remedy(folder)}") from error
        return cls(network, manifest["brand"], float(manifest["threshold"]))

    def score(self, domains: Sequence[str]) -> np.ndarray:
        """float32 [len(domains)], 0 to 1; domains in Unicode."""
        return predict(self.network, characters(domains), SCORED_AT_A_TIME)


def train_article(output: Path, brand: str, *, say: Callable[[str], None] = print, **settings: Any) -> dict[str, Any]:
    """Trains by a `Plan` of these settings and writes the artifact to the folder `output`; returns its manifest.

    The same settings and versions give the same weights. Raises BrandError where the brand cannot be imitated, and
    TrainingError.
    """
    plan = Plan(**settings)
    data = balanced_names(brand, plan.positives, plan.seed)
    say(f"learning {brand} from {len(data.train.labels):,} names, half of them generated")
    scorer, losses = learnt(data.train, brand, plan, say)
    held_out = measures(scorer.score(data.test.domains), data.test.target, THRESHOLD)
    weights = scorer.network.get_weights()
    manifest = {
        **dict.fromkeys(REQUIRED),  # what only the shipped network has is null
        "model_version": version_of(weights, THRESHOLD).replace("bilstm", ARCHITECTURE),
        "architecture": ARCHITECTURE,
        "brand": brand,
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "threshold": THRESHOLD,
        "alphabet": ALPHABET,
        "length": LENGTH,
        "config": Config().as_dict(),
        "parameter_count": scorer.network.count_params(),
        "training": asdict(plan),
        "metrics": {"training_loss": losses, **{name: round(value, 5) for name, value in held_out._asdict().items()}},
    }
    write_artifact(Path(output), manifest, weights)
    say(f"wrote {output}; of {len(data.test.labels):,} names held out: {manifest['metrics']}")
    return manifest


def learnt(
    names: Names, brand: str, plan: Plan, say: Callable[[str], None] = print
) -> tuple[ArticleScorer, list[float]]:
    """The network trained on these names, and the mean loss of each epoch."""
    repeatable(plan.seed)
    network = build(Config())
    losses = fit(
        network,
        characters(names.domains),
        names.target,
        epochs=plan.epochs,
        batch_size=plan.batch_size,
        learning_rate=plan.learning_rate,
        seed=plan.seed,
        say=say,
    )
    return ArticleScorer(network, brand), losses


def repeatable(seed: int) -> None:
    """From here on, TensorFlow's weights and dropout follow from the seed."""
    tensorflow = import_tensorflow()
    import keras

    keras.utils.set_random_seed(seed)
    tensorflow.config.experimental.enable_op_determinism()


def _remedy(folder: Path) -> str:
    return f"Run: squatwatch train --architecture article --brand NAME --output {folder}"
