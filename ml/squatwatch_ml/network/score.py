"""Scoring pairs of label and brand with a trained artifact: on a GPU if there is one, else on the CPU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.explain.explain import Explanation, explain_pair
from squatwatch_ml.network.artifact import (
    MANIFEST,
    ArtifactError,
    Manifest,
    read_artifact,
    read_manifest,
    scoring_part,
)
from squatwatch_ml.network.components import components
from squatwatch_ml.network.encoding import differences
from squatwatch_ml.network.engines import Engine, choose, open_engine
from squatwatch_ml.network.engines.batches import PLACES
from squatwatch_ml.network.thresholds import base_threshold
from squatwatch_ml.pair.encode import Encoded, encode, encode_pairs
from squatwatch_ml.pair.match import nearest

ENCODED_AT_A_TIME = 16_384  # pairs: bounds memory, some 50 MB


class Judged(NamedTuple):
    """The scores of pairs, and for those that score enough why.

    `scores`: of each pair; `rows`: the numbers of those that score enough, in order; `explanations`: how each of these
    imitates the brand, in words; `components`: what the scores of these are made of, in log-odds.
    """

    scores: NDArray[np.float64]
    rows: NDArray[np.int64]
    explanations: list[Explanation]
    components: dict[str, NDArray[np.float32]]


class Scorer:
    """A loaded network. `threshold` is the artifact's; `engine` (onnx, tensorflow) computes on `device` (cpu, gpu)."""

    def __init__(self, engine: Engine, manifest: Manifest, folder: Path):
        self._engine, self._folder = engine, folder
        self.model_version = manifest["model_version"]
        self.threshold = float(manifest["threshold"])
        self._manifest = scoring_part(manifest)
        self.engine, self.device = engine.name, engine.device

    @classmethod
    def load(
        cls, folder: Path, device: str = "auto", batch_size: int = 1024, engine: str = "auto", threads: int = 1
    ) -> Scorer:
        """Read an artifact folder and make its network ready.

        device: "cpu", "gpu", or "auto" for a GPU where there is one. engine: "tensorflow", "onnx" (on the CPU only),
        or "auto" for TensorFlow where there is a GPU, else ONNX Runtime. batch_size: pairs computed at a time, fewer
        where they do not fit into memory. threads: of the CPU, 0 for all cores.

        Raises ArtifactError for an artifact that is missing, altered, or made for another encoding; ValueError for
        "gpu" where there is none, and for an unknown device or engine.
        """
        folder = Path(folder)
        artifact = read_artifact(folder)
        _check_encoding(artifact.manifest, folder)
        engine, device = choose(engine, device)
        try:
            opened = open_engine(artifact, engine, device, batch_size, threads)
        except (TypeError, ValueError) as error:  # TypeError: a config with other fields
            raise ArtifactError(f"{folder}: {error}. Run: squatwatch train --output FOLDER") from error
        scorer = cls(opened, artifact.manifest, folder)
        if not np.isfinite(scorer.score(["a"], ["a"])).all():
            raise ArtifactError(f"{folder}: the network's scores are no numbers. Run: squatwatch train --output FOLDER")
        return scorer

    @property
    def manifest(self) -> Manifest:
        """Read the artifact's manifest: hundreds of loaded networks keep only what scoring needs of theirs."""
        return read_manifest(self._folder)

    def score(self, labels: Sequence[str], brands: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 [len(labels)], 0 to 1: how much labels[i] looks made to pass for brands[i].

        Labels are Unicode, without their public suffix. A pair's score does not depend on the pairs beside it.
        Raises ValueError where the two have different lengths.
        """
        scores = [self.score_encoded(encode(*part)) for part in _parts(labels, brands)]
        return np.concatenate([np.zeros(0, np.float32), *scores])

    def judge(
        self, labels: Sequence[str], brands: Sequence[str], floor: float, *, with_components: bool = True
    ) -> Judged:
        """Return the score of each pair, and why for the pairs that score `floor` or more; each is read once for all.

        Without components, which cost five times the network's share, there are none. Raises ValueError where the two
        have different lengths.
        """
        scores: list[NDArray[np.float64]] = [np.zeros(0)]
        explanations: list[Explanation] = []
        above: list[Encoded] = []
        for part in _parts(labels, brands):
            pairs = list(map(nearest, *part))
            encoded = encode_pairs(pairs)
            # in float64 the decimal itself, so that .03 reaches a floor of .03
            scores.append(self.score_encoded(encoded).astype(np.float64).round(PLACES))
            rows = np.flatnonzero(scores[-1] >= floor)
            explanations += [explain_pair(pairs[row]) for row in rows]
            if with_components:
                above.append(encoded.take(rows))
        made_of = self._components(above) if with_components else {}
        all_scores = np.concatenate(scores)
        return Judged(all_scores, np.flatnonzero(all_scores >= floor), explanations, made_of)

    def _components(self, parts: Sequence[Encoded]) -> dict[str, NDArray[np.float32]]:
        together = Encoded(*map(np.concatenate, zip(*(parts or [encode_pairs([])]), strict=True)))
        return components(together, self.score_encoded, self._manifest["neutral_features"])

    def encode(self, labels: Sequence[str], brands: Sequence[str]) -> Encoded:
        """Return the pairs as the network reads them. Raises ValueError where the two have different lengths."""
        return encode(labels, brands)

    def score_encoded(self, pairs: Encoded) -> NDArray[np.float32]:
        """Return float32 [pairs], rounded to five places: what lies beyond depends on the engine."""
        return np.round(self._engine.score(pairs), PLACES)

    def base_threshold(self, brand: str) -> float:
        """Return the score from which a name is flagged for this kind of brand, before any calibration."""
        return base_threshold(self._manifest, brand)


def score_all(scorer: Scorer, labels: Sequence[str], brand: str) -> NDArray[np.float32]:
    """Score all labels for one brand without a candidate step: for research, some 4,000 names a CPU second.

    Returns float32 [len(labels)]; a label that stands there twice is scored once.
    """
    distinct = dict.fromkeys(labels)
    scores = dict(zip(distinct, scorer.score(list(distinct), [brand] * len(distinct)), strict=True))
    return np.array([scores[label] for label in labels], np.float32)


def _check_encoding(manifest: Manifest, folder: Path) -> None:
    """Raise ArtifactError where a network was trained on other arrays than `encode` makes."""
    if other := differences(manifest):
        raise ArtifactError(
            f"{folder / MANIFEST} was made for another encoding ({', '.join(other)}). "
            "Run: squatwatch train --output FOLDER"
        )


def _parts(labels: Sequence[str], brands: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield labels and brands, so many at a time as fit into memory when they are encoded."""
    if len(labels) != len(brands):
        raise ValueError(f"{len(labels)} labels for {len(brands)} brands")
    for start in range(0, len(labels), ENCODED_AT_A_TIME):
        stop = start + ENCODED_AT_A_TIME
        yield labels[start:stop], brands[start:stop]
