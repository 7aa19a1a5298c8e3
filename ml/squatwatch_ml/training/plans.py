"""Plans of training, as they stand in a manifest: how much is learnt, from what, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from squatwatch_ml.network.config import NetworkConfig


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The number of passes and the steps in which pairs are learnt; the learning rate falls from its first value."""

    epochs: int
    batch_size: int
    learning_rate: float
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class TrainingPlan(Schedule):
    """A training from scratch. The defaults are those of the shipped artifact, its lists apart."""

    brand_count: int = 1200  # pseudo-brands, an eighth of them for the metrics
    positives: int = 110  # generated imitations of each brand, at most
    planted: int = 40  # names registered around other brands, put around each brand, at most
    negatives: int = 200  # popular names that come near each brand, at most, and as many registered ones
    background: int = 150_000  # popular names that the background is drawn from
    contained_share: float = 0.2  # share of the background names containing the brand that is learnt from
    epochs: int = 8
    batch_size: int = 512
    learning_rate: float = 4e-3
    threshold: float = 0.5  # from which a name is flagged; both thresholds were chosen on the day for tuning
    word_threshold: float = 0.55  # for brands that are common words, and for those of two to four letters: stricter
    registrations: Sequence[Path] = ()  # files of domains (plain, .gz, .zip) as further background
    labels: Sequence[Path] = ()  # files of labelled names, see `data.labels`
    calibration: Sequence[Path] = ()  # files of domains that the metrics count alarms in; without them the background
    config: NetworkConfig = field(default_factory=NetworkConfig)

    @property
    def thresholds(self) -> dict[str, float]:
        """Threshold by kind of brand, see `network.thresholds.brand_kind`."""
        return {"name": self.threshold, "word": self.word_threshold, "short": self.word_threshold}


@dataclass(frozen=True, kw_only=True)
class RefinementPlan(Schedule):
    """Training on from a network in use. Some two CPU minutes with the defaults."""

    brand_count: int = 300
    positives: int = 30
    negatives: int = 60
    background: int = 60_000
    epochs: int = 2
    batch_size: int = 256
    learning_rate: float = 5e-4
    label_weight: float = 5.0  # of one label, where a rehearsed pair weighs 1
    most_of_labels: float = 0.1  # of all weight that labels may have together
