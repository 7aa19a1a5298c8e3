"""Words as the packages give them: frequencies in many languages (wordfreq), an English dictionary (english-words).

Frequencies are on the Zipf scale (3 is once in a million words, 6 once in a thousand), first names, surnames and places
included. Words are kept as they could stand in a label: lower case, without marks. Reading the packages takes seconds,
so `word_table` keeps what was read; the packages are imported by the functions here, and by nothing else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

from squatwatch_ml.text.skeleton import without_marks

# languages whose words are written in Latin letters; those with a large list in wordfreq are read whole
LARGE = tuple("en de fr es it".split())
SMALL = tuple("pt nl pl sv nb fi cs tr id hu ro sh sk da vi ms fil".split())
LANGUAGE_COUNT = len(LARGE) + len(SMALL)
LEAST_ZIPF = 2.6
LONGEST = 18  # letters of a word
WORD_LENGTHS = range(2, LONGEST + 1)

# wordfreq has bins of words, the n-th holding those of Zipf value 9 - n / 100
ZIPF_OF_BIN = tuple(9 - number / 100 for number in range(900))

SHORT_WORD_ZIPF = 5.0  # of two letters: all pairs of letters are a word somewhere


class PackagedWords(NamedTuple):
    """All that squatwatch knows of words.

    `zipf`: how common a word is in the language that uses it most; `languages`: in how many it is a word;
    `dictionary`: English words that are no names.
    """

    zipf: dict[str, float]
    languages: dict[str, int]
    dictionary: set[str]


def read_packages() -> PackagedWords:
    """Read the packages: seconds of processor time."""
    return PackagedWords(*_frequencies_of_all(), _dictionary())


@cache  # a process has one version of each, and to find it takes milliseconds
def word_lists() -> dict[str, str]:
    """Return the versions of the packages that words are read from: with other ones scores may differ."""
    return {name: version(name) for name in ("wordfreq", "english-words")}


def character_data() -> dict[str, str]:
    """Return the versions of the data by which words lose their marks."""
    return {"confusable-homoglyphs": version("confusable-homoglyphs"), "unicode": unicodedata.unidata_version}


def frequencies(language: str, size: str, least: float) -> Iterator[tuple[str, float]]:
    """Yield each word of wordfreq's list ("small" or "large") of a language with its Zipf value, from `least` on."""
    import wordfreq

    try:
        for value, words in zip(ZIPF_OF_BIN, wordfreq.get_frequency_list(language, size), strict=False):
            if value < least:
                return
            for word in words:
                yield word, value
    finally:
        wordfreq.get_frequency_list.cache_clear()  # it would keep every list that was ever read


def _frequencies_of_all() -> tuple[dict[str, float], dict[str, int]]:
    zipf: dict[str, float] = {}
    languages: dict[str, int] = {}
    for language, size in [*((one, "large") for one in LARGE), *((one, "small") for one in SMALL)]:
        for written, value in frequencies(language, size, LEAST_ZIPF):
            word = without_marks(written)
            if len(word) in WORD_LENGTHS and word.isalpha() and (len(word) > 2 or value >= SHORT_WORD_ZIPF):
                languages[word] = languages.get(word, 0) + 1
                if value > zipf.get(word, 0):
                    zipf[word] = value
    return zipf, languages


def _dictionary() -> set[str]:
    """Return the English words that an old dictionary (Webster's Second) writes with a small letter."""
    from english_words import get_english_words_set

    words = get_english_words_set(["web2"], lower=False)
    return {word for word in words if word.islower() and word.isalpha()}
