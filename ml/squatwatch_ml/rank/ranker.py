"""The ranker: what the network's score of a pair is worth, given the brand, the day's other names and what was judged.

Two opinions of the evidence of `evidence.py`, whose mean in log-odds counts: a multinomial logistic regression, and
boosted trees, which see what evidence says together with other evidence. A brand that nobody has judged is ranked by
the same weights as one that was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.rank.beside.fields import words_of
from squatwatch_ml.rank.beside.meanings import word_meanings
from squatwatch_ml.rank.brand_knowledge import known_abouts
from squatwatch_ml.rank.evidence import EVIDENCE, GROUPS, Evidence, comparable, evidence_of, parts_of
from squatwatch_ml.rank.lifted import lifted, mostly
from squatwatch_ml.rank.notes import notes
from squatwatch_ml.rank.opinions import trees
from squatwatch_ml.rank.opinions.regression import probabilities
from squatwatch_ml.rank.ranked import JudgedPairs, Ranking, ScoredPairs
from squatwatch_ml.rank.ranker_file import CLASSES, RankerContent, read_ranker
from squatwatch_ml.rank.waves import waves

PLACES = 5
DOUBTED = 4.0  # names judged harmless that lower the odds of a squat by half at most; each more adds as much again
SQUAT = CLASSES.index("squat")
OF_USE = 0.25  # what the probability of a use adds to a name's priority: who means the brand is looked at before others
USE_FROM, OTHER_FROM = 1.5, 4.0  # a name is folded where a use, or something else, is so many times as probable
LEAST, MOST = 1e-5, 1 - 1e-5
_IN_GROUP = {group: np.array([name in names for name in EVIDENCE]) for group, names in GROUPS.items()}


class Ranker:
    """A loaded ranker. `version` names its content, `model_version` the network whose scores it was fitted on."""

    def __init__(self, version: str, content: RankerContent):
        self.version, self.model_version = version, content.model_version
        self._content = content

    @classmethod
    def load(cls, path: Path) -> Ranker:
        """Read a ranker's file. Raises RankerError (a ValueError) where it is missing, altered or of another format."""
        return cls(*read_ranker(path))

    def rank(
        self, pairs: ScoredPairs, judged: JudgedPairs | None = None, abouts: Mapping[str, str] | None = None
    ) -> Ranking:
        """Return the ranking of the pairs of one date.

        `abouts` says what brands do, in a few words. Where no word of it is known, and of well-known brands of which it
        says nothing, it is what `known_abouts` has. Raises
        ValueError where the fields of the pairs differ in length.
        """
        content = self._content
        said = {brand: text for brand, text in (abouts or {}).items() if self._knows_of(words_of(text))}
        evidence = evidence_of(pairs, judged, content.lures, content.vectors, {**known_abouts(), **said})
        with_all, *lacking = self._chances(evidence)
        without = {group: _log_odds(chances) for group, chances in zip(_IN_GROUP, lacking, strict=True)}
        lowest = without["memory"] - furthest_fall(pairs.brands, judged)
        chances = _raised(with_all, lowest).round(PLACES)
        whole = np.maximum(_log_odds(with_all), lowest)
        components = {group: (whole - lacking).round(1) + 0.0 for group, lacking in without.items()}
        wave_ids, wave_sizes = waves(pairs.domains, pairs.brands)
        squat, use, other = chances.T
        is_other = other > OTHER_FROM * squat
        is_none = is_other | (use > USE_FROM * squat)
        is_none &= ~mostly(wave_ids, ~is_none)  # a wave is told as one
        taken_for = np.where(is_none, np.where(use > other, "use", "other"), "squat")
        lifts = lifted(pairs, wave_ids, is_none & is_other)
        told = notes(evidence.likenesses, components["memory"], wave_sizes, lifts)
        priority = (squat + OF_USE * use).round(PLACES)
        is_lifted = [bool(why) for why in lifts]
        return Ranking(
            squat, use, other, priority, taken_for.tolist(), components, told, wave_ids, wave_sizes, is_lifted
        )

    def _knows_of(self, words: Sequence[str]) -> bool:
        """Tell whether any of the words has a vector or a meaning."""
        return any(word in self._content.vectors.rows or word in word_meanings().rows for word in words)

    def _chances(self, evidence: Evidence) -> NDArray[np.float64]:
        """Return float64 [1 + GROUPS, pairs, CLASSES]: by all evidence, then with the mean in place of each group."""
        content, line = self._content, self._content.line
        chances = np.zeros((1 + len(_IN_GROUP), len(evidence.single), len(CLASSES)))
        for rows in parts_of(len(evidence.single)):
            all_numbers = comparable(evidence.numbers(rows), content.mean, content.scale)
            for ask, taken_away in enumerate([np.zeros(len(EVIDENCE), bool), *_IN_GROUP.values()]):
                numbers = np.where(taken_away, 0.0, all_numbers)
                of_line = numbers @ line.weights + line.intercepts
                of_trees = trees.log_odds(numbers, content.trees, len(CLASSES))
                chances[ask, rows] = probabilities((of_line + of_trees) / 2)
        return chances


def furthest_fall(brands: Sequence[str], judged: JudgedPairs | None) -> NDArray[np.float64]:
    """Return float64 [brands]: by how much, in log-odds, judged names may lower a name of each brand at most.

    It grows with the names of the brand that were judged harmless, so that ten wrong verdicts silence no brand and a
    hundred right ones quieten it. What speaks for a squat has no bound.
    """
    harmless: Counter[str] = Counter()
    if judged is not None:
        harmless.update(brand for brand, squat in zip(judged.brands, judged.is_squat, strict=True) if not squat)
    return np.log1p(np.array([harmless[brand] for brand in brands], np.float64) / DOUBTED)


def _log_odds(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64 [pairs]: the log-odds of a squat."""
    squat = np.clip(chances[:, SQUAT], LEAST, MOST)
    log_odds: NDArray[np.float64] = np.log(squat / (1 - squat))
    return log_odds


def _raised(chances: NDArray[np.float64], lowest: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities, that of a squat raised to `lowest` log-odds; the others share the rest as before."""
    squat = np.maximum(chances[:, SQUAT], 1 / (1 + np.exp(-lowest)))
    rest = np.maximum(1 - chances[:, SQUAT], 1e-12)
    raised = chances * ((1 - squat) / rest)[:, None]
    raised[:, SQUAT] = squat
    return raised
