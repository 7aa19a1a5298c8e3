"""The components of a score: how far it falls when one kind of evidence is taken away.

This is occlusion (Zeiler and Fergus 2014), applied to groups of inputs instead of regions of a picture.

A component is the score's log-odds less those without the evidence: above 0 it speaks for an imitation, below 0 against
one. Evidence is taken away by what stands for an ordinary name: a feature by its median among the background that the
network was trained against, a character by an unknown one, an alignment channel by 0. Components do not add up to the
score: evidence that says the same thing twice counts little when only one of the two is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.pair.encode import ALPHABET, CHANNELS, UNKNOWN, Encoded
from squatwatch_ml.pair.features import FEATURES, PLACEMENT, RESEMBLANCE, SURROUNDINGS, WORDS

GROUPS = {
    "resemblance": "how near the span comes to the brand: edits, look-alikes, letters kept",
    "placement": "where it stands: at the edges of a part, how much of the name it is",
    "surroundings": "what is beside it: keywords, words, digits, hyphens",
    "words": "how common the span, the brand and the words over them are in ordinary names",
}
FEATURES_OF = {"resemblance": RESEMBLANCE, "placement": PLACEMENT, "surroundings": SURROUNDINGS, "words": WORDS}
GROUP_OF_CHANNEL = {
    "same": "resemblance",
    "looks_same": "resemblance",
    "replaced": "resemblance",
    "extra": "resemblance",
    "missing_before": "resemblance",
    "not_ascii": "resemblance",
    "brand_position": "resemblance",
    "in_span": "placement",
    "part_starts": "placement",
    "part_ends": "placement",
    "lure": "surroundings",
    "keyword": "surroundings",
    "word": "words",
    "word_starts": "words",
}
LEAST, MOST = 1e-5, 1 - 1e-5  # scores have five places, so log-odds beyond these are not known
_UNKNOWN = ALPHABET.index(UNKNOWN) + 1


def components(
    pairs: Encoded, score: Callable[[Encoded], NDArray[np.float32]], neutral: Mapping[str, float]
) -> dict[str, NDArray[np.float32]]:
    """Return, for each of GROUPS, float32 [pairs] in log-odds rounded to one place.

    `score` gives float32 [pairs], 0 to 1; `neutral` is the manifest's `neutral_features`. Each pair is scored once
    more per group, so this is meant for the few hundred pairs of a day that are shown to people.
    """
    changed = [pairs, *(without(pairs, group, neutral) for group in GROUPS)]
    together = Encoded(*map(np.concatenate, zip(*changed, strict=True)))  # one run of the network costs less than five
    whole, *lacking = np.split(log_odds(score(together)), len(changed))
    return {
        group: np.round(whole - without_group, 1) + np.float32(0.0)  # no -0.0
        for group, without_group in zip(GROUPS, lacking, strict=True)
    }


def without(encoded: Encoded, group: str, neutral: Mapping[str, float]) -> Encoded:
    """Return the pairs with one kind of evidence (of GROUPS) taken away; the arrays given stay as they are.

    What stands in its place is what an ordinary name would have there: the neutral value of a feature, 0 in a channel,
    the unknown character for letters of the span (`resemblance`) or beside it (`surroundings`).
    """
    features, channels = encoded.features.copy(), encoded.channels.copy()
    for at, name in enumerate(FEATURES):
        if name in FEATURES_OF[group]:
            features[:, at] = neutral[name]
    for at, name in enumerate(CHANNELS):
        if GROUP_OF_CHANNEL.get(name) == group:
            channels[:, :, at] = 0
    letters, aligned = encoded.letters, encoded.aligned
    in_span = encoded.channels[:, :, CHANNELS.index("in_span")] > 0
    if group == "resemblance":
        letters = np.where(in_span & (letters > 0), _UNKNOWN, letters).astype(letters.dtype)
        aligned = np.zeros_like(aligned)
    elif group == "surroundings":
        letters = np.where(~in_span & (letters > 0), _UNKNOWN, letters).astype(letters.dtype)
    return encoded._replace(letters=letters, aligned=aligned, channels=channels, features=features)


def neutral_features(background: NDArray[np.float32]) -> dict[str, float]:
    """Return the median of each feature among background pairs, float32 [pairs, features]: what a manifest keeps."""
    return dict(zip(FEATURES, np.median(background, axis=0).astype(float).round(4).tolist(), strict=True))


def log_odds(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the natural logarithm of score / (1 - score), float32, scores clipped to LEAST and MOST."""
    inside = np.clip(scores, LEAST, MOST)
    return np.asarray(np.log(inside / (1 - inside)), np.float32)
