"""Sizes of the network, apart from its layers so that they can be read without Keras."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkConfig:
    """Widths of the network's layers; `dropout` acts in training only."""

    embedding: int = 12
    hidden: int = 32
    attention: int = 16
    dense: int = 32
    dropout: float = 0.2
