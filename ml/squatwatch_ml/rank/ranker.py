"""The ranker: what the network's score of a pair is worth, given the brand, the day's other names and what was judged.

A multinomial logistic regression over the evidence of `evidence.py`: its weights can be read, and a brand that nobody
has judged is ranked by the same weights as one that was.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.rank.evidence import EVIDENCE, GROUPS, evidence_of
from squatwatch_ml.rank.notes import notes
from squatwatch_ml.rank.ranked import JudgedPairs, Ranking, ScoredPairs
from squatwatch_ml.rank.ranker_file import CLASSES, RankerContent, read_ranker
from squatwatch_ml.rank.softmax import probabilities
from squatwatch_ml.rank.waves import waves

PLACES = 5
SQUAT = CLASSES.index("squat")
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

    def rank(self, pairs: ScoredPairs, judged: JudgedPairs | None = None) -> Ranking:
        """Return the ranking of the pairs of one date. Raises ValueError where their fields differ in length."""
        evidence = evidence_of(pairs, judged, self._content.lures)
        comparable = (evidence.numbers - self._content.mean) / self._content.scale
        chances = self._chances(comparable).round(PLACES)
        whole = self._log_odds(comparable)
        components = {
            group: (whole - self._log_odds(np.where(in_group, 0.0, comparable))).round(1) + 0.0
            for group, in_group in _IN_GROUP.items()
        }
        wave_ids, wave_sizes = waves(pairs.domains, pairs.brands)
        told = notes(evidence.likenesses, components["memory"], wave_sizes)
        squat, use, other = chances.T
        return Ranking(squat, use, other, components, told, wave_ids, wave_sizes)

    def _chances(self, comparable: NDArray[np.float64]) -> NDArray[np.float64]:
        line = self._content.line
        return probabilities(comparable @ line.weights + line.intercepts)

    def _log_odds(self, comparable: NDArray[np.float64]) -> NDArray[np.float64]:
        squat = np.clip(self._chances(comparable)[:, SQUAT], LEAST, MOST)
        log_odds: NDArray[np.float64] = np.log(squat / (1 - squat))
        return log_odds
