"""Two artifacts side by side: on labels that neither has learnt, and on names as they are every day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from squatwatch_ml.evaluation.bench import Table
from squatwatch_ml.evaluation.compare.held_out import held_out
from squatwatch_ml.evaluation.compare.standing import standing
from squatwatch_ml.network.score import Scorer
from squatwatch_ml.text.names import read_domains
from squatwatch_ml.training.labels import Label, read_labels


class Versus(NamedTuple):
    """`tables`: the comparison; `objections`: why the candidate should not be used, empty where nothing speaks against
    it; `scores`: of every held-out label by both, for the plot."""

    current: str
    candidate: str
    tables: list[Table]
    objections: list[str]
    scores: pl.DataFrame


def versus(
    current: Path,
    candidate: Path,
    labels: Path | None = None,
    learnt: Path | None = None,
    *,
    registrations: Sequence[Path] = (),
    say: Callable[[str], None] = print,
    **sizes: int,
) -> Versus:
    """Compares at the thresholds of the artifacts. `labels`: CSV of held-out labels, `learnt`: of those that the
    candidate was taught; `registrations`: lists in which alarms are counted, else popular names; `sizes` of the
    standing evaluation. Raises ArtifactError, OSError, ValueError for what cannot be read."""
    scorers = [Scorer.load(folder, device="cpu") for folder in (current, candidate)]
    kept, taught = _labels(labels), _labels(learnt)
    say(f"comparing {scorers[0].model_version} and {scorers[1].model_version}: {len(kept):,} held-out labels")
    judged = held_out(scorers, kept, taught)
    everyday = [domain for path in registrations for domain in read_domains(path)]
    measured = standing(*scorers, everyday, say=say, **sizes)
    figures, changes = judged.tables
    return Versus(
        scorers[0].model_version,
        scorers[1].model_version,
        [figures, *measured.tables, changes],
        [*judged.objections, *measured.objections],
        judged.scores,
    )


def _labels(path: Path | None) -> list[Label]:
    return read_labels([path], every_brand=True).labels if path else []
