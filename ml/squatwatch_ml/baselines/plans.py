"""The plan of the article's network: how much it learns, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

from squatwatch_ml.training.plans import Schedule


@dataclass(frozen=True, kw_only=True)
class ArticlePlan(Schedule):
    """A training of the article's network for one brand."""

    positives: int = 10_000  # generated imitations, and as many real names; a fifth of both is held out
    epochs: int = 4
    batch_size: int = 128
    learning_rate: float = 3e-3
