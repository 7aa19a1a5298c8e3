"""The article's own network, one for each brand: embedding, BiLSTM, self-attention, flatten, dense.

It reads the characters of a name and is told nothing of the brand, so each brand needs a training of its own. Sizes
are ours, the article gives none. It is here to be measured against, by the same training loop as the shipped network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.pair.encode import ALPHABET, UNKNOWN

LENGTH = 64  # characters read; what lies beyond is not
_NUMBER = {character: at for at, character in enumerate(ALPHABET, start=1)}


@dataclass(frozen=True)
class ArticleConfig:
    """Widths of the network's layers; `dropout` acts in training only."""

    embedding: int = 16
    hidden: int = 32
    dense: int = 32
    dropout: float = 0.2


class Characters(NamedTuple):
    """Names as numbers, int32 [count, LENGTH]; 0 on the right where the name has ended."""

    letters: NDArray[np.int32]

    def take(self, rows: NDArray[np.int64] | slice) -> Characters:
        """Return some of the names."""
        return Characters(self.letters[rows])


def characters(domains: Sequence[str]) -> Characters:
    """Return the arrays of names, read in lower case; every character outside the alphabet is the same unknown one."""
    letters = np.zeros((len(domains), LENGTH), np.int32)
    for row, domain in enumerate(domains):
        text = (domain.lower() or UNKNOWN)[:LENGTH]  # the fused kernel takes no empty row
        letters[row, : len(text)] = [_NUMBER.get(character, _NUMBER[UNKNOWN]) for character in text]
    return Characters(letters)


def build(config: ArticleConfig) -> Any:  # Keras has no types
    """Build the untrained Keras model: input letters [batch, LENGTH], output [batch], 0 to 1."""
    import keras
    from keras import layers, ops

    letters = keras.Input((LENGTH,), dtype="int32", name="letters")
    present = letters > 0
    steps = layers.Embedding(len(ALPHABET) + 1, config.embedding, name="characters")(letters)
    read = layers.Bidirectional(layers.LSTM(config.hidden, return_sequences=True), name="bilstm")(steps, mask=present)
    # what lies beyond the end is neither looked at nor looked from: its rows are zero
    attended = layers.Attention(use_scale=True, name="attention")([read, read], mask=[present, present])
    flat = ops.reshape(attended, (-1, LENGTH * 2 * config.hidden))
    dense = layers.Dense(config.dense, activation="relu", name="dense")(layers.Dropout(config.dropout)(flat))
    score = layers.Dense(1, activation="sigmoid", dtype="float32", name="score")(layers.Dropout(config.dropout)(dense))
    return keras.Model([letters], score[:, 0])
