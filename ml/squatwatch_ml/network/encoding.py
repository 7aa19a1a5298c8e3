"""The encoding that a network reads, as its manifest says it: of use only is the one that it was trained on."""

from __future__ import annotations

from squatwatch_ml.network.artifact import Manifest
from squatwatch_ml.pair.encode import ALPHABET, CHANNELS, LENGTH
from squatwatch_ml.pair.features import FEATURES
from squatwatch_ml.text.word_packages import word_lists


def encoding() -> Manifest:
    """Return the part of a manifest that says how pairs become arrays in this program.

    `word_lists` are the versions of the packages that words are read from.
    """
    return {
        "alphabet": ALPHABET,
        "length": LENGTH,
        "channels": list(CHANNELS),
        "features": list(FEATURES),
        "word_lists": word_lists(),
    }


def differences(manifest: Manifest) -> list[str]:
    """Return the keys in which a manifest's encoding is not that of this program; empty where both are the same."""
    trained = dict(manifest.items())
    return [key for key, value in encoding().items() if trained[key] != value]
