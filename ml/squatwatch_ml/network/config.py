"""Sizes of the network, apart from its layers so that they can be read without Keras."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NetworkConfig:
    """Widths of the network's layers; `dropout` acts in training only."""

    embedding: int = 12
    hidden: int = 32
    attention: int = 16
    dense: int = 32
    features: int = 64  # of the opinion of the features alone; 0: there is none
    dropout: float = 0.2

    @classmethod
    def of_manifest(cls, config: Mapping[str, Any]) -> NetworkConfig:
        """Return the sizes that a manifest names. Networks of earlier releases have no opinion of the features."""
        return cls(**{"features": 0, **config})
