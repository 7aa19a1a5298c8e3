"""The models of the article's table: trained on its training names, and what they answer for the sets of names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.baselines.article_train import learnt
from squatwatch_ml.baselines.balanced import NameSet
from squatwatch_ml.baselines.classifiers import CLASSIFIERS, NameFeatures, trained
from squatwatch_ml.baselines.pair_lightgbm import PairLightGBM
from squatwatch_ml.baselines.plans import ArticlePlan
from squatwatch_ml.candidates.candidates import candidate_pairs
from squatwatch_ml.network.config import NetworkConfig
from squatwatch_ml.network.engines.tensorflow import predict
from squatwatch_ml.network.score import ENCODED_AT_A_TIME, Scorer
from squatwatch_ml.network.thresholds import base_threshold
from squatwatch_ml.pair.encode import Encoded
from squatwatch_ml.text.skeleton import skeleton
from squatwatch_ml.training.data.pairs import TrainingPairs
from squatwatch_ml.training.fit import fit
from squatwatch_ml.training.frame import SCORED_AT_A_TIME, Learner, Start
from squatwatch_ml.training.plans import Schedule

EVEN = 0.5  # the threshold of classes of equal size
THIS_BRAND, OTHER_BRANDS = "this brand", "other brands"
SCHEDULE = Schedule(epochs=4, batch_size=128, learning_rate=3e-3)

ScoreEncoded = Callable[[Encoded], NDArray[np.float32]]


class Answer(NamedTuple):
    """The answer of a model: `scores` for each set of names, 0 to 1, one a name.

    `trained_on`: names of this brand, pairs of others, or nothing.
    """

    model: str
    trained_on: str
    threshold: float
    scores: list[NDArray[np.floating]]


def answers(train: NameSet, sets: Sequence[NameSet], brand: str, artifact: Path, seed: int) -> Iterator[Answer]:
    """Yield what each model, trained on `train` or shipped, scores the names of `sets`.

    Raises ArtifactError, TrainingError, MissingExtra.
    """
    yield from _classifiers(train, sets, seed)
    network, _ = learnt(train, brand, ArticlePlan(seed=seed), _silent)
    yield Answer("article's network", THIS_BRAND, EVEN, [network.score(names.domains) for names in sets])
    yield from _pair_models(train, sets, brand, artifact, seed)


def _classifiers(train: NameSet, sets: Sequence[NameSet], seed: int) -> Iterator[Answer]:
    features = NameFeatures(train.domains, seed)
    matrices = [features.of(names.domains) for names in sets]
    for name in CLASSIFIERS:
        score = trained(name, features, train.target, seed)
        yield Answer(f"{name}, article's features", THIS_BRAND, EVEN, [score(matrix) for matrix in matrices])


def _pair_models(train: NameSet, sets: Sequence[NameSet], brand: str, artifact: Path, seed: int) -> Iterator[Answer]:
    scorer = Scorer.load(artifact)
    pairs = TrainingPairs(train.labels, [brand] * len(train.labels), train.target)
    encoded = scorer.encode(pairs.labels, pairs.brands)
    models: dict[str, ScoreEncoded] = {
        "LightGBM, pair features": PairLightGBM.fit(pairs, encoded, seed=seed).score_encoded,
        "squatwatch's network, trained anew": _network(encoded, train.target, seed),
        "squatwatch": scorer.score_encoded,
    }
    scored = [_scores(models, scorer, names, brand) for names in sets]
    *trained_here, shipped = models
    for model in trained_here:
        yield Answer(model, THIS_BRAND, EVEN, [scores[model] for scores in scored])
    candidates = [_candidates(names, brand) for names in sets]
    yield Answer("the candidate step alone", "nothing", EVEN, [near.astype(np.float32) for near in candidates])
    first = [scores[shipped] * near for scores, near in zip(scored, candidates, strict=True)]
    knows = skeleton(brand) in map(skeleton, scorer.manifest.get("data", {}).get("brands_learnt", ()))
    trained_on = f"{OTHER_BRANDS} and this one" if knows else OTHER_BRANDS
    threshold = base_threshold(scorer.manifest, brand)
    yield Answer("squatwatch, candidates", trained_on, threshold, first)
    every = [scores[shipped] for scores in scored]
    yield Answer("squatwatch, all names", trained_on, threshold, every)
    yield Answer("squatwatch, all names", trained_on, EVEN, every)


def _network(encoded: Encoded, target: NDArray[np.float32], seed: int) -> ScoreEncoded:
    """Train the shipped network's architecture anew; return its scores."""
    network = Learner(Start(NetworkConfig()), seed).network
    fit(network, encoded, target, replace(SCHEDULE, seed=seed), say=_silent)
    return lambda pairs: predict(network, pairs, SCORED_AT_A_TIME)


def _scores(
    models: dict[str, ScoreEncoded], scorer: Scorer, names: NameSet, brand: str
) -> dict[str, NDArray[np.float32]]:
    """Score the names with each model: float32 [names], encoded once for all of them."""
    scores: dict[str, list[NDArray[np.float32]]] = {model: [np.zeros(0, np.float32)] for model in models}
    for start in range(0, len(names.labels), ENCODED_AT_A_TIME):
        labels = names.labels[start : start + ENCODED_AT_A_TIME]
        encoded = scorer.encode(labels, [brand] * len(labels))
        for model, score in models.items():
            scores[model].append(score(encoded))
    return {model: np.concatenate(parts) for model, parts in scores.items()}


def _candidates(names: NameSet, brand: str) -> np.ndarray:
    """Return bool [count]: which names the candidate step passes on."""
    is_candidate = np.zeros(len(names.labels), bool)
    is_candidate[candidate_pairs([skeleton(label) for label in names.labels], [brand]).name_index] = True
    return is_candidate


def _silent(line: str) -> None:
    """Print nothing: a table of many models is no place for the loss of each."""
