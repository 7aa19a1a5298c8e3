"""The table of words: what `word_packages` reads in seconds, as a file that is read in a fraction of one.

    python -m squatwatch_ml.text.word_table    (`make words`) makes it

Its first line says what it was made from and the sha256 of the rest; the second where the words of each beginning
(three letters) stand: a line of words and values, which is taken apart when a word that begins so is asked for first. A
name has some twenty beginnings and the table sixteen thousand, so much stays in the file, which processes share.

The table is made where squatwatch is installed and is no part of it: the frequencies are under a licence of their own
(NOTICE). Where it is missing, damaged, or of other packages than those installed, the packages are read and it is made.
"""

from __future__ import annotations

import hashlib
import json
import logging
import mmap
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from squatwatch_ml.text import skeleton, word_packages
from squatwatch_ml.text.word_packages import ZIPF_OF_BIN, PackagedWords, character_data, read_packages, word_lists

PATH = Path(__file__).with_name("words.table")
COMMAND = "python -m squatwatch_ml.text.word_table"
BEGINNING = 3  # letters

_ZIPF = {str(number): value for number, value in enumerate(ZIPF_OF_BIN)}

Value = TypeVar("Value")
log = logging.getLogger(__name__)


class Beginning(NamedTuple, Generic[Value]):
    """The words that begin with the same letters: each with its value, and the length of the longest."""

    words: dict[str, Value]
    longest: int


class LinesByBeginning(Mapping[str, str]):
    """Lines of `data` by the letters with which their words begin: `places` has the byte at which each starts."""

    def __init__(self, data: mmap.mmap | bytes, places: Mapping[str, int]):
        self._data, self._places = data, places

    def __getitem__(self, letters: str) -> str:
        start = self._places[letters]
        return self._data[start : self._data.find(b"\n", start)].decode()

    def __contains__(self, letters: object) -> bool:
        return letters in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Beginnings(dict[str, Beginning[Value]]):
    """Words by their first three letters, from a text for each beginning, read when it is needed first.

    With three letters go the words that begin with them, and the word of the first two. In a text, each word has
    `width` fields, itself among them; its value stands in the field numbered `column`. Nothing is kept of letters with
    which no word begins: a name may have any.
    """

    def __init__(self, texts: Mapping[str, str], width: int, column: int, value: Callable[[str], Value]):
        super().__init__()
        self.texts, self.width, self._column, self._value = texts, width, column, value

    def __missing__(self, letters: str) -> Beginning[Value]:
        if letters not in self.texts:
            return self[letters[:2]] if len(letters) > 2 else Beginning({}, 0)
        words = self._words(letters[:2]) | self._words(letters)
        known = self[letters] = Beginning(words, max(map(len, words)))
        return known

    def _words(self, letters: str) -> dict[str, Value]:
        fields = self.texts.get(letters, "").split()
        return dict(zip(fields[:: self.width], map(self._value, fields[self._column :: self.width]), strict=True))


class ByBeginning(Mapping[str, Value]):
    """Words and their values; who looks for words in a text asks its `beginnings`."""

    def __init__(self, beginnings: Beginnings[Value]):
        self.beginnings = beginnings

    def __getitem__(self, word: str) -> Value:
        return self.beginnings[word[:BEGINNING]].words[word]

    def __iter__(self) -> Iterator[str]:
        for letters in self.beginnings.texts:
            yield from (word for word in self.beginnings[letters].words if word[:BEGINNING] == letters)

    def __len__(self) -> int:
        return sum(len(text.split()) for text in self.beginnings.texts.values()) // self.beginnings.width


class WordTable(NamedTuple):
    """The words of `PackagedWords`; the set has each word as its own value."""

    zipf: ByBeginning[float]
    languages: ByBeginning[int]
    dictionary: ByBeginning[str]


@cache
def word_table() -> WordTable:
    """Return the table of this installation, read once a process."""
    return read_or_make(PATH)


def read_or_make(path: Path) -> WordTable:
    """Read the file; where it cannot be used, read the packages and write it anew.

    Where it cannot be written either, every process reads the packages, and a warning says what ends that.
    """
    try:
        return read_table(path)
    except OSError as error:
        why = f"{path} cannot be read ({error.strerror})"
    except ValueError as error:
        why = str(error)
    packed = _packed(read_packages())
    try:
        _write(path, packed)
        log.info("%s: words were read from their packages, and it was made anew", why)
    except OSError as error:
        log.warning(
            "%s, and cannot be written (%s): each process spends seconds on reading words from their packages. "
            "Let a user who may write there run: %s",
            *(why, error.strerror, COMMAND),
        )
    return _table(packed, 0)


def make_table(path: Path) -> None:
    """Make the file from the installed packages. Raises OSError where it cannot be written."""
    _write(path, _packed(read_packages()))


def read_table(path: Path) -> WordTable:
    """Read the file.

    Raises OSError where it cannot be read, ValueError where it is damaged or was made from other packages.
    """
    with path.open("rb") as file:
        first = file.readline()
        try:
            header = json.loads(first)
            is_whole = header["sha256"] == hashlib.file_digest(file, "sha256").hexdigest()
        except (ValueError, KeyError, TypeError):
            is_whole = False
        if not is_whole:
            raise ValueError(f"{path} is damaged")
        if header["made_from"] != made_from():
            raise ValueError(f"{path} was made from other packages ({_listed(header['made_from'])})")
        return _table(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), len(first))


def made_from() -> dict[str, str]:
    """Return what the words depend on: versions of packages and of character data, and the rules of this program."""
    rules = b"".join(Path(file).read_bytes() for file in (word_packages.__file__, skeleton.__file__, __file__))
    return {**word_lists(), **character_data(), "rules": hashlib.sha256(rules).hexdigest()[:16]}


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _table(data: mmap.mmap | bytes, start: int) -> WordTable:
    """Return the table that is packed in the data, from `start` on."""
    first = data.find(b"\n", start) + 1
    index = json.loads(data[start:first])
    texts = {
        kind: LinesByBeginning(data, {letters: first + place for letters, place in places.items()})
        for kind, places in index.items()
    }
    return WordTable(
        ByBeginning(Beginnings(texts["frequencies"], 3, 1, _ZIPF.__getitem__)),
        ByBeginning(Beginnings(texts["frequencies"], 3, 2, int)),
        ByBeginning(Beginnings(texts["dictionary"], 1, 0, str)),
    )


def _packed(words: PackagedWords) -> bytes:
    """Return an index by kind and beginning, and a line of words for each."""
    index: dict[str, dict[str, int]] = {}
    lines = bytearray()
    for kind, texts in _texts(words).items():
        places = index[kind] = {}
        for letters, text in texts.items():
            places[letters] = len(lines)
            lines += text.encode() + b"\n"
    return json.dumps(index, separators=(",", ":")).encode() + b"\n" + bytes(lines)


def _texts(words: PackagedWords) -> dict[str, dict[str, str]]:
    bins = {value: number for number, value in _ZIPF.items()}
    return {
        "frequencies": _by_beginning(
            f"{word} {bins[value]} {words.languages[word]}" for word, value in words.zipf.items()
        ),
        "dictionary": _by_beginning(words.dictionary),
    }


def _by_beginning(entries: Iterable[str]) -> dict[str, str]:
    gathered: dict[str, list[str]] = {}
    for entry in entries:
        gathered.setdefault(entry[:BEGINNING].rstrip(), []).append(entry)
    return {letters: " ".join(sorted(gathered[letters])) for letters in sorted(gathered)}


def _write(path: Path, packed: bytes) -> None:
    first = json.dumps({"sha256": hashlib.sha256(packed).hexdigest(), "made_from": made_from()}).encode()
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        beside.write_bytes(first + b"\n" + packed)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


if __name__ == "__main__":
    make_table(PATH)
    print(f"{PATH}: {PATH.stat().st_size / 1e6:.1f} MB of words, made from {_listed(made_from())}")
