"""Write two mornings of an invented zone of any size, in little memory, and tell what is new on the second."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

TLD = "com"
CHUNK = 500_000
LETTERS = np.frombuffer(b"0123456789abcdefghijklmnopqrstuvwxyz", np.uint8)
PREFIX = 6  # letters that number the names, so that their order is known without sorting
STRIDES = (1_000_003, 15_485_863, 32_452_843, 49_979_687)  # primes; each walks the names in another order
DIGEST = "BE74359954660069D5C63D200C39F5603827D7DD02B56F120EE9F3A86764247C"
SIGNATURE = "20261113000000 20261106000000 370 com. " + "x+y/Zz01" * 11 + "=="


class Zones:
    """Return names number 0 to `number`; the second morning lacks some of the first and has some that it lacks."""

    def __init__(self, number: int, shuffled: bool):
        self.number = number
        self.shuffled = shuffled
        chance = np.random.default_rng(1)
        letters = [chance.choice(list("abcdefghiklmnoprstu"), size) for size in chance.integers(2, 6, 4096)]
        self.words = pl.Series(["".join(word) for word in letters])

    def count(self, morning: int) -> int:
        return sum(len(numbers) for numbers in self._numbers(morning, 1))

    def planted(self) -> list[str]:
        """Return the names of the second morning that the first lacks."""
        new = (numbers[~_present(numbers, 0)] for numbers in self._numbers(1, 1))
        return [f"{label}.{TLD}" for numbers in new for label in self._labels(numbers)]

    def write(self, path: Path, morning: int) -> int:
        """Write the zone file and return the number of its records."""
        count, pack = 0, zlib.compressobj(1, wbits=31)
        with path.open("wb") as file:
            for records in self._records(morning):
                count += len(records)
                file.write(pack.compress("\n".join([*records, ""]).encode()))
            file.write(pack.flush())
        return count

    def _records(self, morning: int) -> Iterator[pl.Series]:
        yield pl.Series(
            [f"{TLD}.\t900\tin\tsoa\ta.net. b.net. {morning} 1800 900 604800 900", f"{TLD}.\t9\tin\tns\ta.net."]
        )
        if not self.shuffled:
            for numbers in self._numbers(morning, 1):
                parts = [self._part(numbers, n) for n in range(len(STRIDES))]
                yield pl.concat(parts).sort("number", maintain_order=True)["record"]
            return
        for n, stride in enumerate(STRIDES):
            for numbers in self._numbers(morning, stride):
                yield self._part(numbers, n)["record"]

    def _part(self, numbers: np.ndarray, n: int) -> pl.DataFrame:
        """Return the names' n-th NS record; with the first two other records of some."""
        kinds = [(numbers % 10 < (10, 10, 3, 2)[n], f".{TLD}.\t172800\tin\tns\tns{n + 1}.host")]
        if n == 0:
            kinds.append((numbers % 20 == 5, f".{TLD}.\t86400\tin\tds\t370 13 2 {DIGEST}\t"))
            kinds.append((numbers % 20 == 5, f".{TLD}.\t86400\tin\trrsig\tDS 13 2 86400 {SIGNATURE}\t"))
        frames = [
            pl.DataFrame({"number": kept, "record": self._labels(kept) + text + _host(kept)})
            for kept, text in ((numbers[chosen], text) for chosen, text in kinds)
        ]
        if n == 1:
            kept = numbers[numbers % 16 == 3]
            frames.append(
                pl.DataFrame(
                    {"number": kept, "record": "ns1." + self._labels(kept) + f".{TLD}.\t172800\tin\ta\t192.0.2.1"}
                )
            )
        return pl.concat(frames)

    def _numbers(self, morning: int, stride: int) -> Iterator[np.ndarray]:
        for first in range(0, self.number, CHUNK):
            numbers = np.arange(first, min(first + CHUNK, self.number), dtype=np.int64) * stride % self.number
            yield numbers[_present(numbers, morning)]

    def _labels(self, numbers: np.ndarray) -> pl.Series:
        """Return labels of six letters that count and two words, 10 to 16 letters in all."""
        spread = numbers * (len(LETTERS) ** PREFIX // self.number)
        letters = np.empty((len(numbers), PREFIX), np.uint8)
        for place in range(PREFIX):
            letters[:, place] = LETTERS[spread // len(LETTERS) ** (PREFIX - 1 - place) % len(LETTERS)]
        prefixes = pl.Series(letters.view(f"S{PREFIX}").ravel().astype(str))
        mixed = numbers * 2_654_435_761 % (1 << 32)
        return prefixes + self.words.gather(mixed >> 8 & 4095) + self.words.gather(mixed >> 20)


def _present(numbers: np.ndarray, morning: int) -> np.ndarray:
    return numbers % 143 != 7 if morning == 0 else numbers % 211 != 3


def _host(numbers: np.ndarray) -> pl.Series:
    return pl.Series(numbers * 7919 % 5000).cast(pl.String) + ".net."
