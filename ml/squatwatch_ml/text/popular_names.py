"""How many popular names contain a word: a million labels, kept as one text that is searched in a moment.

    python -m squatwatch_ml.text.popular_names    (`make words`) makes it

The file lies beside this module and is made where squatwatch is installed, from the packaged list. Its first line says
which version it was made from; where it is missing, cut short or of another one, it is made anew.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import polars as pl

from squatwatch_ml.text.names import popular_domains
from squatwatch_ml.text.suffixes import labels

PATH = Path(__file__).with_name("popular.names")
COMMAND = "python -m squatwatch_ml.text.popular_names"
FEW = 16  # words that are looked for one by one
_NEW_LINE = ord("\n")
_EDGES = frozenset(b"\n-")

log = logging.getLogger(__name__)


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
    return read_or_make(PATH)


def read_or_make(path: Path) -> bytes:
    """Read the file; where it cannot be used, make it anew. Where that fails, a warning says what ends it."""
    try:
        content = path.read_bytes()
        begin = content.find(b"\n")
        if begin > 0 and content[:begin] == _header(memoryview(content)[begin + 1 :]):
            return content[begin:]
        why = f"{path} is damaged or was made from another release"
    except OSError as error:
        why = f"{path} cannot be read ({error.strerror})"
    try:
        text = make_file(path)
        log.info("%s: it was made anew", why)
        return b"\n" + text
    except OSError as error:
        log.warning("%s, and cannot be written (%s). Let a user who may write there run: %s", why, error, COMMAND)
        return b"\n" + _text()


def make_file(path: Path) -> bytes:
    """Make the file from the packaged list and return its text. Raises OSError where it cannot be written."""
    text = _text()
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        beside.write_bytes(_header(text) + b"\n" + text)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return text


def _text() -> bytes:
    return ("\n".join(sorted(set(labels(popular_domains())))) + "\n").encode()


def _header(text: bytes | memoryview) -> bytes:
    return f"pymispwarninglists {version('pymispwarninglists')} {hashlib.sha256(text).hexdigest()[:16]}".encode()


if __name__ == "__main__":
    lines = make_file(PATH).count(b"\n")
    print(f"{PATH}: {PATH.stat().st_size / 1e6:.1f} MB, {lines:,} popular names")
