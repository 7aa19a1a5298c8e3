"""The table of words: what `word_packages` reads in seconds, as a file that is read in a fraction of one.

    python -m squatwatch_ml.text.word_table    (`make words`) makes it

It is a trie (Fredkin 1960): a node stands for a beginning of words, the first node for none. The letters with which a
node's words go on are the bits of one number, and the nodes that these lead to stand one after the other. So a letter
leads to the first of them, and as many places on as there are letters before it. The words that begin at a place of a
name are found by a step a letter, up to the last with which any word goes on. The numbers stay in the file, which
processes share.

The file's first line says what it was made from and the sha256 of the rest; the second which letters there are, and of
which type the numbers after it are.

The table is made where squatwatch is installed and is no part of it: the frequencies are under a licence of their own
(NOTICE). Where it is missing, damaged, or of other packages than those installed, the packages are read and it is made.
"""

from __future__ import annotations

import hashlib
import json
import logging
import mmap
import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.text import skeleton, word_packages
from squatwatch_ml.text.made_file import demand_regular, or_exit, rules_of
from squatwatch_ml.text.word_packages import ZIPF_OF_BIN, PackagedWords, character_data, read_packages, word_lists

PATH = Path(__file__).with_name("words.table")
COMMAND = "python -m squatwatch_ml.text.word_table"

_ZIPF = (0.0, *ZIPF_OF_BIN)

Numbers = NDArray[np.uint64]

log = logging.getLogger(__name__)


class Nodes(NamedTuple):
    """Numbers of each node: `letters` that go on, as bits; `first`, the node that the first of them leads to.

    The others are of the beginning as a word: `zipf` is the number of its bin, from 1, and 0 for no word; `languages`
    is in how many it is one, `dictionary` 1 for an English word that is no name.
    """

    letters: memoryview
    first: memoryview
    zipf: memoryview
    languages: memoryview
    dictionary: memoryview


class WordTable:
    """The words of `PackagedWords`; `alphabet` are their letters, of which node 0 has those that words begin with."""

    def __init__(self, alphabet: str, nodes: Nodes):
        self.nodes = nodes
        self._bits = {letter: 1 << at for at, letter in enumerate(alphabet)}

    def zipf(self, word: str) -> float:
        """Return how common a word is in the language that uses it most; 0 for no word."""
        return _ZIPF[self.nodes.zipf[self._node(word)]]

    def languages(self, word: str) -> int:
        """Return in how many languages it is a word."""
        return int(self.nodes.languages[self._node(word)])

    def has_in_dictionary(self, word: str) -> bool:
        """Tell whether it is an English word and no name."""
        return bool(self.nodes.dictionary[self._node(word)])

    def words_in(self, text: str) -> list[Sequence[tuple[int, float]]]:
        """Return, for each place of a text, the words that begin there: where each ends, and its Zipf value."""
        letters, first, zipf = self.nodes[:3]
        bits = [self._bits.get(letter, 0) for letter in text]
        found: list[Sequence[tuple[int, float]]] = []
        for start in range(len(text)):
            node, words = 0, []
            for end, bit in enumerate(bits[start:], start + 1):
                going_on = letters[node]
                if not going_on & bit:
                    break
                node = first[node] + (going_on & (bit - 1)).bit_count()
                if number := zipf[node]:
                    words.append((end, _ZIPF[number]))
            found.append(words or ())  # one for all: most places have none
        return found

    def _node(self, word: str) -> int:
        """Return the node of a word; where there is none the first, which is no word."""
        node = 0
        for letter in word:
            bit, going_on = self._bits.get(letter, 0), self.nodes.letters[node]
            if not going_on & bit:
                return 0
            node = self.nodes.first[node] + (going_on & (bit - 1)).bit_count()
        return node


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
    demand_regular(path)
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
    rules = rules_of(word_packages.__file__, skeleton.__file__, __file__)
    return {**word_lists(), **character_data(), "rules": rules}


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _table(data: mmap.mmap | bytes, start: int) -> WordTable:
    """Return the table that is packed in the data, from `start` on."""
    place = data.find(b"\n", start) + 1
    index = json.loads(data[start:place])
    nodes = {}
    for name, of_type in index["types"].items():
        kind = np.dtype(of_type)
        end = place + index["nodes"] * kind.itemsize
        nodes[name] = memoryview(data)[place:end].cast(kind.char)
        place = end
    return WordTable(index["alphabet"], Nodes(**nodes))


def _packed(words: PackagedWords) -> bytes:
    """Return a line that says what is in the rest, then the numbers of the nodes, kind by kind."""
    every = sorted({*words.zipf, *words.dictionary})
    alphabet = "".join(sorted(set("".join(every))))
    if len(alphabet) > 64:
        raise ValueError(f"words of {len(alphabet)} letters: a node's have 64 bits")
    letters, first, node_of = _trie(every, alphabet)
    bin_of = {value: number for number, value in enumerate(_ZIPF)}
    values = {
        "zipf": [bin_of[words.zipf.get(word, 0.0)] for word in every],
        "languages": [words.languages.get(word, 0) for word in every],
        "dictionary": [word in words.dictionary for word in every],
    }
    nodes: dict[str, NDArray[np.unsignedinteger]] = {"letters": letters, "first": first}
    for name, of_words in values.items():
        nodes[name] = np.zeros(len(letters), np.uint64)
        nodes[name][node_of] = np.array(of_words, np.uint64)
    nodes = {name: numbers.astype(np.min_scalar_type(numbers.max())) for name, numbers in nodes.items()}
    types = {name: numbers.dtype.str for name, numbers in nodes.items()}
    index = {"alphabet": alphabet, "nodes": len(letters), "types": types}
    return b"".join([json.dumps(index).encode(), b"\n", *(numbers.tobytes() for numbers in nodes.values())])


def _trie(words: Sequence[str], alphabet: str) -> tuple[Numbers, Numbers, NDArray[np.int64]]:
    """Return the `letters` and the `first` of all nodes, and the node of each of the words.

    The words are in alphabetical order: those that begin alike stand side by side, and so do the nodes that one leads
    to. Nodes are made a length of beginnings at a time.
    """
    code = {letter: at for at, letter in enumerate(alphabet)}
    lengths = np.array([len(word) for word in words], np.int64)
    node_of = np.zeros(len(words), np.int64)  # of each word's beginning so far
    letters, first = [], []
    start, end, size = 0, 1, 0  # the nodes of the beginnings of this size
    while start < end:
        longer = np.flatnonzero(lengths > size)
        letter = np.array([code[words[at][size]] for at in longer.tolist()], np.uint64)
        node = node_of[longer] - start
        is_new = np.ones(len(longer), bool)
        is_new[1:] = (node[1:] != node[:-1]) | (letter[1:] != letter[:-1])
        node_of[longer] = end + is_new.cumsum() - 1
        letters.append(np.zeros(end - start, np.uint64))
        np.bitwise_or.at(letters[-1], node[is_new], np.uint64(1) << letter[is_new])
        first.append(np.zeros(end - start, np.uint64))
        first[-1][node[is_new][::-1]] = node_of[longer][is_new][::-1]  # the first is written last
        start, end, size = end, end + int(is_new.sum()), size + 1
    return np.concatenate(letters), np.concatenate(first), node_of


def _write(path: Path, packed: bytes) -> None:
    first = json.dumps({"sha256": hashlib.sha256(packed).hexdigest(), "made_from": made_from()}).encode()
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        beside.write_bytes(first + b"\n" + packed)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


if __name__ == "__main__":
    with or_exit(PATH):
        make_table(PATH)
    print(f"{PATH}: {PATH.stat().st_size / 1e6:.1f} MB of words, made from {_listed(made_from())}")
