"""How many popular names contain a word: a million labels, kept as one text that is searched in a moment.

    python -m squatwatch_ml.text.popular_names    (`make words`) makes it

The file lies beside this module and is made where squatwatch is installed, from the packaged list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polars as pl

from squatwatch_ml.text import names, suffixes
from squatwatch_ml.text.made_file import MadeFile, or_exit, rules_of, versions_of

PATH = Path(__file__).with_name("popular.names")
FEW = 16  # words that are looked for one by one
_NEW_LINE = ord("\n")
_EDGES = frozenset(b"\n-")


class Popularity(NamedTuple):
    """Counts of popular names: that contain a word, have it as a whole part between hyphens, begin with it."""

    containing: int
    with_part: int
    beginning: int


def popularity_of(words: Sequence[str]) -> dict[str, Popularity]:
    """Return the counts of each word, in small letters. A word takes some milliseconds, a thousand half a second."""
    asked = {word.encode(): word for word in words if word}
    text = popular_text()
    places = _places_of_few(asked, text) if len(asked) <= FEW else _places_of_many(asked, text)
    return {word: _popularity(encoded, places[encoded], text) for encoded, word in asked.items()}


def _places_of_few(words: Iterable[bytes], text: bytes) -> dict[bytes, list[int]]:
    """Return where each word begins in the text, looking for one after the other."""
    places: dict[bytes, list[int]] = {}
    for word in words:
        found, at = [], text.find(word)
        while at >= 0:
            found.append(at)
            at = text.find(word, at + 1)
        places[word] = found
    return places


def _places_of_many(words: Iterable[bytes], text: bytes) -> dict[bytes, list[int]]:
    """Return the same, by one look for all words at once (Aho and Corasick's)."""
    places: dict[bytes, list[int]] = {word: [] for word in words}
    patterns = [word.decode() for word in places]
    column = pl.Series([text.decode()])
    hits = column.str.extract_many(patterns, overlapping=True)[0]
    for word, at in zip(hits, column.str.find_many(patterns, overlapping=True)[0], strict=True):
        places[word.encode()].append(at)
    return places


def _popularity(word: bytes, places: Sequence[int], text: bytes) -> Popularity:
    edges = [(text[at - 1], text[at + len(word)]) for at in places]
    return Popularity(
        len(edges),
        sum(before in _EDGES and after in _EDGES for before, after in edges),
        sum(before == _NEW_LINE for before, _ in edges),
    )


@cache
def popular_text() -> bytes:
    """Return the popular labels of this installation, UTF-8, each between two line ends, read once a process."""
    return b"\n" + names_file().read_or_make()


def names_file() -> MadeFile:
    """Return the file that the labels are kept in."""
    rules = rules_of(names.__file__, suffixes.__file__, __file__)
    made_from = f"{versions_of('pymispwarninglists', 'publicsuffixlist')}, rules {rules}"
    return MadeFile(PATH, _made, made_from, "python -m squatwatch_ml.text.popular_names")


def _made() -> bytes:
    return ("\n".join(sorted(names.popular_labels())) + "\n").encode()


if __name__ == "__main__":
    with or_exit(PATH):
        lines = names_file().make().count(b"\n")
        print(f"{PATH}: {PATH.stat().st_size / 1e6:.1f} MB, {lines:,} popular names")
