"""What business the words beside a brand are of, and whether it is the brand's: `delta-flights` and `delta-plumbing`.

Words are told apart by vectors, which were learnt from what stands together in registered names
(`training/words/vectors.py`). A text's vector is the mean of those of its words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.rank.beside.rests import Rest
from squatwatch_ml.text.skeleton import without_marks
from squatwatch_ml.text.words import zipf_of

DIMENSIONS = 32
FIELD = (
    "beside_known",  # whether a word beside the brand has a vector
    "about_likeness",  # cosine of the words beside the brand and of what the brand does; nan where that is not known
    "about_likeness_of_word",  # the same times how common the brand is as a word
    *(f"beside_{number}" for number in range(1, DIMENSIONS + 1)),  # the vector of the words beside the brand
)
MOST_READ = 200  # characters of a text about a brand
_WORD = re.compile(r"[^\W\d_]+")


class WordVectors(NamedTuple):
    """The row of each word in `numbers`, float32 [words, DIMENSIONS], which are 0 on average."""

    rows: Mapping[str, int]
    numbers: NDArray[np.float32]

    def of(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return the mean of the words' vectors, float32 [DIMENSIONS]; zeros where none is known."""
        rows = [self.rows[word] for word in words if word in self.rows]
        mean: NDArray[np.float32] = self.numbers[rows].mean(axis=0) if rows else np.zeros(DIMENSIONS, np.float32)
        return mean


def field_evidence(
    rests: Sequence[Rest], brands: Sequence[str], abouts: Mapping[str, str], vectors: WordVectors
) -> NDArray[np.float64]:
    """Return float64 [rests, FIELD]: of what stands beside the brands. `abouts`: what brands do, in a few words."""
    distinct = list(dict.fromkeys(rest.words for rest in rests))
    of_words = {words: vectors.of(words) for words in distinct}
    of_brand = {brand: vectors.of(words_of(abouts.get(brand, ""))) for brand in dict.fromkeys(brands)}
    zipfs = {brand: zipf_of(without_marks(brand)) for brand in of_brand}
    beside = np.array([of_words[rest.words] for rest in rests], np.float64).reshape(len(rests), DIMENSIONS)
    about = np.array([of_brand[brand] for brand in brands], np.float64).reshape(len(rests), DIMENSIONS)
    likeness = np.where(about.any(axis=1), (of_length_1(beside) * of_length_1(about)).sum(axis=1), np.nan)
    commonness = np.array([zipfs[brand] for brand in brands], np.float64)
    return np.hstack([np.stack([beside.any(axis=1), likeness, likeness * commonness], axis=1), beside])


def words_of(about: str) -> list[str]:
    """Return the words of a text about a brand, in small letters and without marks."""
    return _WORD.findall(without_marks(about[:MOST_READ].lower()))


def of_length_1(vectors: NDArray[Any]) -> NDArray[Any]:
    """Return the vectors, along the last axis, as long as 1; those of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    shortened: NDArray[Any] = vectors / np.where(lengths > 0, lengths, 1)
    return shortened
