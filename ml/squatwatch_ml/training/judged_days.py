"""Days that readers judged pair by pair, as a ranker learns from them and is measured on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.rank.ranked import JudgedPairs, ScoredPairs
from squatwatch_ml.rank.ranker_file import CLASSES
from squatwatch_ml.text.csv_rows import rows
from squatwatch_ml.text.names import label_of


class JudgedDay(NamedTuple):
    """Scored pairs of one day, the number of each one's verdict in CLASSES, and what was judged on the days before."""

    run_date: str
    pairs: ScoredPairs
    classes: NDArray[np.int64]
    judged_before: JudgedPairs | None


class Scores(Protocol):
    """Scorer of pairs, as `squatwatch_ml.network.score.Scorer` is one."""

    def score(self, labels: Sequence[str], brands: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 [len(labels)], 0 to 1."""


def read_judged_days(folder: Path, chosen: Callable[[str], bool]) -> dict[str, list[tuple[str, str, str]]]:
    """Return domain, brand and verdict of the judged pairs of chosen brands, by day in order. `unclear` is left out.

    Raises ValueError where the folder has no file judged_*.csv.gz.
    """
    paths = sorted(folder.glob("judged_*.csv.gz"))
    if not paths:
        raise ValueError(f"{folder} has no judged_*.csv.gz with run_date, domain, brand and verdict")
    days: dict[str, list[tuple[str, str, str]]] = {}
    for path in paths:
        for row in rows(path, "run_date", "domain", "brand", "verdict"):
            if row["verdict"] in CLASSES and chosen(row["brand"]):
                days.setdefault(row["run_date"], []).append((row["domain"], row["brand"], row["verdict"]))
    return {day: days[day] for day in sorted(days)}


def scored_days(days: dict[str, list[tuple[str, str, str]]], scorer: Scores) -> list[JudgedDay]:
    """Return the days with the network's scores of their pairs, each with the judgements of all days before."""
    judged: list[JudgedDay] = []
    before: list[tuple[str, str, str, bool]] = []
    for day, pairs in days.items():
        domains, brands, verdicts = map(list, zip(*pairs, strict=True))
        labels = [label_of(domain) for domain in domains]
        scores = scorer.score(labels, brands).astype(np.float64).round(5)
        classes = np.array([CLASSES.index(verdict) for verdict in verdicts], np.int64)
        judged_before = JudgedPairs(*map(list, zip(*before, strict=True))) if before else None
        judged.append(JudgedDay(day, ScoredPairs(domains, labels, brands, scores), classes, judged_before))
        before += zip(domains, labels, brands, [verdict == "squat" for verdict in verdicts], strict=True)
    return judged
