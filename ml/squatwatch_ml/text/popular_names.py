"""How many popular names contain a word: a million labels, kept as one text that is searched in a moment.

    python -m squatwatch_ml.text.popular_names    (`make words`) makes it

The file lies beside this module and is made where squatwatch is installed, from the packaged list. Its first line says
which version it was made from; where it is missing, cut short or of another one, it is made anew.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import polars as pl

from squatwatch_ml.text.names import popular_domains
from squatwatch_ml.text.suffixes import labels

PATH = Path(__file__).with_name("popular.names")
COMMAND = "python -m squatwatch_ml.text.popular_names"
_EDGES = frozenset("\n-")

log = logging.getLogger(__name__)


class Popularity(NamedTuple):
    """Counts of popular names: that contain a word, have it as a whole part between hyphens, begin with it."""

    containing: int
    with_part: int
    beginning: int


def popularity_of(words: Sequence[str]) -> dict[str, Popularity]:
    """Return the counts of each word, in small letters. A thousand words take half a second."""
    asked = [word for word in dict.fromkeys(words) if word]
    text = pl.Series([popular_text()])
    found: dict[str, list[int]] = {word: [0, 0, 0] for word in asked}
    if asked:
        hits = text.str.extract_many(asked, overlapping=True)[0]
        places = text.str.find_many(asked, overlapping=True)[0]
        encoded = text[0].encode()
        for word, place in zip(hits, places, strict=True):
            begins = chr(encoded[place - 1]) == "\n"
            end = chr(encoded[place + len(word.encode())])
            counts = found[word]
            counts[0] += 1
            counts[1] += end in _EDGES and (begins or chr(encoded[place - 1]) == "-")
            counts[2] += begins
    return {word: Popularity(*counts) for word, counts in found.items()}


@cache
def popular_text() -> str:
    """Return the popular labels of this installation, each on a line of its own, read once a process."""
    return read_or_make(PATH)


def read_or_make(path: Path) -> str:
    """Read the file; where it cannot be used, make it anew. Where that fails, a warning says what ends it."""
    try:
        header, _, text = path.read_text("utf-8").partition("\n")
        if header == _header(text):
            return f"\n{text}"
        why = f"{path} is damaged or was made from another release"
    except OSError as error:
        why = f"{path} cannot be read ({error.strerror})"
    except ValueError as error:
        why = f"{path} is damaged ({error})"
    try:
        text = make_file(path)
        log.info("%s: it was made anew", why)
        return f"\n{text}"
    except OSError as error:
        log.warning("%s, and cannot be written (%s). Let a user who may write there run: %s", why, error, COMMAND)
        return f"\n{_text()}"


def make_file(path: Path) -> str:
    """Make the file from the packaged list and return its text. Raises OSError where it cannot be written."""
    text = _text()
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        beside.write_text(f"{_header(text)}\n{text}", "utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return text


def _text() -> str:
    return "\n".join(sorted(set(labels(popular_domains())))) + "\n"


def _header(text: str) -> str:
    return f"pymispwarninglists {version('pymispwarninglists')} {hashlib.sha256(text.encode()).hexdigest()[:16]}"


if __name__ == "__main__":
    lines = make_file(PATH).count("\n")
    print(f"{PATH}: {PATH.stat().st_size / 1e6:.1f} MB, {lines:,} popular names")
