"""The network: two opinions of a pair, one that reads the name aligned to the brand and one of the features alone.

*Reading*: embedded characters of the name and of the brand letter each stands for, with the alignment channels, go
through one BiLSTM; masked attention pooling (Bahdanau-style additive scores, one query) sums its outputs to one vector,
which the pair's features stand beside. *Features*: a plain network over the features, which knows brands and typos that
it has not seen better than what has read many of others.

The score is the mean of both in log-odds. Some 28,000 weights. Right-padded masks and no recurrent dropout keep the
fused kernels usable.
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


class MeanOpinion(layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Mean of the opinions on a pair; in training that of one of them, drawn for each pair.

    So each of them learns to be right alone: opinions that learn together share one mistake. Input [batch, opinions],
    output [batch, 1].
    """

    def __init__(self, seed: int | None = None, **options: Any):
        super().__init__(**options)
        self.seeds = keras.random.SeedGenerator(seed)

    def call(self, opinions: Any, training: bool = False) -> Any:
        """Return the mean, or one opinion each."""
        if not training:
            return ops.mean(opinions, axis=1, keepdims=True)
        count = opinions.shape[1]
        drawn = keras.random.randint((ops.shape(opinions)[0],), 0, count, seed=self.seeds)
        return ops.sum(opinions * ops.one_hot(drawn, count), axis=1, keepdims=True)


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
    opinion = layers.Dense(1, name="reading")(layers.Dropout(config.dropout)(dense))
    if config.features:
        first = layers.Dense(config.features, activation="relu", name="features_first")(features)
        dropped = layers.Dropout(config.dropout)(first)
        second = layers.Dense(config.dense, activation="relu", name="features_second")(dropped)
        of_features = layers.Dense(1, name="of_features")(second)
        opinion = MeanOpinion(name="opinion")(layers.Concatenate()([opinion, of_features]))
    return keras.Model([letters, aligned, channels, features], ops.sigmoid(opinion)[:, 0])
