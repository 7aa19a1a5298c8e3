"""How near in meaning the words beside a brand are to what the brand does: `flights` to an airline, `plumbing` not.

`fields.py` knows words by what stands with them in registered names, in all languages; this module by what a sentence
network makes of them (all-MiniLM-L6-v2, English). Of that network a table of word vectors is left, which comes with
the product (`training/words/meanings.py` makes it).
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.rank.beside.fields import of_length_1, words_of
from squatwatch_ml.rank.beside.rests import Rest
from squatwatch_ml.text.made_file import demand_regular

MEANING = (  # cosines; nan where it is not known what the brand does, 0 where no word beside it is known
    "meaning_likeness",  # of all words beside the brand and all words that say what it does
    "meaning_nearest",  # of the two that are nearest
    "meaning_least",  # of the word beside the brand that is farthest from all of these
)
PATH = Path(__file__).with_name("meanings.npz")
# what is raised where bytes are no archive, or one of something else
_NO_TABLE = (zipfile.BadZipFile, zlib.error, EOFError, LookupError, AttributeError, TypeError, ValueError, RuntimeError)
_NOTHING_BESIDE, _NOTHING_KNOWN = (0.0, 0.0, 0.0), (np.nan, np.nan, np.nan)


class Meanings(NamedTuple):
    """The row of each word in `numbers`, int8 [words, dimensions]; `version` names the content."""

    rows: Mapping[str, int]
    numbers: NDArray[np.int8]
    version: str

    def of(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of those of the words that are known, float32 [words, dimensions]."""
        known = [self.rows[word] for word in words if word in self.rows]
        return self.numbers[known].astype(np.float32)


@cache
def word_meanings() -> Meanings:
    """Return the table that comes with the product, read once a process."""
    return read_meanings(PATH)


def read_meanings(path: Path) -> Meanings:
    """Read a table of words and their vectors. Raises OSError, ValueError where it is none."""
    demand_regular(path)
    content = path.read_bytes()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            words, numbers = arrays["words"].tobytes().decode().split(), arrays["numbers"]
    except _NO_TABLE as error:
        raise ValueError(f"{path} is no table of words ({error!r})") from error
    if numbers.ndim != 2 or len(words) != len(numbers):
        raise ValueError(f"{path} has {len(words)} words and not as many vectors")
    return Meanings({word: row for row, word in enumerate(words)}, numbers, hashlib.sha256(content).hexdigest()[:16])


def meaning_evidence(rests: Sequence[Rest], brands: Sequence[str], abouts: Mapping[str, str]) -> NDArray[np.float64]:
    """Return float64 [rests, MEANING]. `abouts`: what brands do, in a few words."""
    meanings = word_meanings()
    of_brand = {brand: meanings.of(words_of(abouts.get(brand, ""))) for brand in dict.fromkeys(brands)}
    found: dict[tuple[tuple[str, ...], str], tuple[float, ...]] = {}
    for rest, brand in zip(rests, brands, strict=True):
        if (key := (rest.words, brand)) not in found:
            found[key] = _likenesses(meanings.of(rest.words), of_brand[brand])
    each = [found[rest.words, brand] for rest, brand in zip(rests, brands, strict=True)]
    return np.array(each, np.float64).reshape(len(rests), len(MEANING))


def _likenesses(beside: NDArray[np.float32], about: NDArray[np.float32]) -> tuple[float, ...]:
    if not len(about):
        return _NOTHING_KNOWN
    if not len(beside):
        return _NOTHING_BESIDE
    whole = of_length_1(beside.mean(axis=0)) @ of_length_1(about.mean(axis=0))
    nearest = (of_length_1(beside) @ of_length_1(about).T).max(axis=1)
    return float(whole), float(nearest.max()), float(nearest.min())
