"""The network: a bidirectional LSTM with attention over a name aligned to a brand, the pair's features beside it.

Embedded characters of the name and of the brand letter each stands for, with the alignment channels, go through one
BiLSTM; masked attention pooling (Bahdanau-style additive scores, one query) sums its outputs to one vector.
Some 22,000 weights. Right-padded masks and no recurrent dropout keep the fused kernels usable.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from squatwatch_ml.network.config import NetworkConfig
from squatwatch_ml.pair.encode import ALPHABET, CHANNELS, LENGTH
from squatwatch_ml.pair.features import FEATURES


class AttentionPooling(layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Sum over time, weighted by a learned score; places where `mask` is false weigh nothing.

    Inputs: values [batch, T, width] and mask [batch, T]; output [batch, width].
    """

    def __init__(self, units: int, **options: Any):
        super().__init__(**options)
        self.hidden = layers.Dense(units, activation="tanh")
        self.score = layers.Dense(1, use_bias=False)
        self.supports_masking = True

    def call(self, values: Any, mask: Any) -> Any:
        """Return the weighted sum of `values`."""
        scores = ops.squeeze(self.score(self.hidden(values)), -1)
        weights = ops.softmax(ops.where(mask, scores, -1e9), axis=-1)
        return ops.sum(values * ops.expand_dims(weights, -1), axis=1)

    def compute_mask(self, values: Any, mask: Any) -> None:
        """Return no mask: time is gone."""
        return None


def build(config: NetworkConfig) -> keras.Model:
    """Build the untrained network: inputs as in `encode.Encoded`, output float32 [pairs], 0 to 1."""
    letters = keras.Input((LENGTH,), dtype="int32", name="letters")
    aligned = keras.Input((LENGTH,), dtype="int32", name="aligned")
    channels = keras.Input((LENGTH, len(CHANNELS)), name="channels")
    features = keras.Input((len(FEATURES),), name="features")

    present = letters > 0
    embed = layers.Embedding(len(ALPHABET) + 1, config.embedding, name="characters")
    steps = layers.Concatenate()([embed(letters), embed(aligned), channels])
    read = layers.Bidirectional(layers.LSTM(config.hidden, return_sequences=True), name="bilstm")
    pooled = AttentionPooling(config.attention, name="attention")(read(steps, mask=present), mask=present)

    both = layers.Concatenate()([layers.Dropout(config.dropout)(pooled), features])
    dense = layers.Dense(config.dense, activation="relu", name="dense")(both)
    score = layers.Dense(1, activation="sigmoid", dtype="float32", name="score")(layers.Dropout(config.dropout)(dense))
    return keras.Model([letters, aligned, channels, features], score[:, 0])
