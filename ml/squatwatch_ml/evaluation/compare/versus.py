"""Two artifacts side by side: on labels that neither has learnt, and on names as they are every day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from squatwatch_ml.evaluation.bench import Table
from squatwatch_ml.evaluation.compare.held_out import held_out
from squatwatch_ml.evaluation.compare.standing import NAMES, standing
from squatwatch_ml.evaluation.sections.packaged import BRANDS
from squatwatch_ml.network.score import Scorer
from squatwatch_ml.text.names import read_domains
from squatwatch_ml.training.data.labels import LabelledName, read_labels


class Versus(NamedTuple):
    """A comparison of the versions `current` and `candidate`.

    `objections`: why the candidate should not be used, empty where nothing speaks against it; `scores`: of every
    held-out label by both, for the plot.
    """

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
    brand_count: int = BRANDS,
    names: int = NAMES,
    say: Callable[[str], None] = print,
) -> Versus:
    """Compare two artifacts, each at its own thresholds.

    `labels`: CSV of held-out labels; `learnt`: CSV of those that the candidate was taught; `registrations`: lists in
    which alarms are counted, else `names` popular names; `brand_count`: popular names that stand for brands.

    Raises ArtifactError, OSError or ValueError for what cannot be read.
    """
    in_use, proposed = (Scorer.load(folder, device="cpu") for folder in (current, candidate))
    kept_apart, taught = _labelled(labels), _labelled(learnt)
    say(f"comparing {in_use.model_version} and {proposed.model_version}: {len(kept_apart):,} held-out labels")
    judged = held_out((in_use, proposed), kept_apart, taught)
    everyday = [domain for path in registrations for domain in read_domains(path)]
    measured = standing(in_use, proposed, everyday, say=say, brand_count=brand_count, names=names)
    figures, changes = judged.tables
    return Versus(
        in_use.model_version,
        proposed.model_version,
        [figures, *measured.tables, changes],
        [*judged.objections, *measured.objections],
        judged.scores,
    )


def _labelled(path: Path | None) -> list[LabelledName]:
    return read_labels([path], every_brand=True).names if path else []
