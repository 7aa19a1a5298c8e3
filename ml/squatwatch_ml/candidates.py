"""The (name, brand) pairs worth scoring, for all brands at once: cheap, and exact about what it can miss.

Brands of five letters or more: some span of the name's skeleton is at least 75 % alike (rapidfuzz partial_ratio).
Of five letters exactly, 88 % or a part between hyphens within one edit: at 75 % `ionos` has 3,600 of 100,000 names.
Shorter brands would match half of all names that way and have their own rule, on the parts between hyphens.
Both: the brand with its front moved to its end (`flixnet`), which no edit distance sees.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from squatwatch_ml.skeleton import LETTER_PAIRS, skeleton

LONG_BRAND = 5  # letters
LEAST_RATIO, LEAST_RATIO_FIVE = 75, 88
CHUNK = 20_000  # names compared at a time: memory is CHUNK x brands bytes


class Pairs(NamedTuple):
    """One entry per candidate pair, sorted by name, then brand.

    `similarity` is partial_ratio of the two skeletons over 100, of the name with or without its hyphens.
    """

    name_index: np.ndarray  # int64
    brand_index: np.ndarray  # int64
    similarity: np.ndarray  # float32, 0 to 1


def candidate_pairs(skeletons: Sequence[str], brands: Sequence[str]) -> Pairs:
    """The pairs of names (as skeletons of their labels) and brands that may be look-alikes.

    What it misses: imitations with fewer than three of four letters in order, and brands of two to four letters
    inside a longer part, away from its start and end (`xdhlx`). Brands of one letter have no candidates.
    """
    targets = [skeleton(brand).replace("-", "") for brand in brands]
    found = set(_alike(skeletons, targets))
    index = _PartIndex(skeletons)
    for at, target in enumerate(targets):
        found.update((name, at) for name in index.near(target) | index.rotated(target))
    ordered = sorted(found)
    similarity = [similarity_of(skeletons[name], targets[brand]) for name, brand in ordered]
    pairs = np.array(ordered, dtype=np.int64).reshape(-1, 2)
    return Pairs(pairs[:, 0], pairs[:, 1], np.array(similarity, dtype=np.float32))


def similarity_of(name: str, brand: str) -> float:
    """partial_ratio of two skeletons over 100, hyphens of the name kept or dropped, whichever is higher."""
    return max(fuzz.partial_ratio(name, brand), fuzz.partial_ratio(name.replace("-", ""), brand)) / 100


def _alike(skeletons: Sequence[str], targets: Sequence[str]) -> Iterator[tuple[int, int]]:
    long = [at for at, target in enumerate(targets) if len(target) >= LONG_BRAND]
    if not long:
        return
    wanted = [targets[at] for at in long]
    least = np.array([LEAST_RATIO_FIVE if len(target) == LONG_BRAND else LEAST_RATIO for target in wanted])
    # partial_ratio looks for the shorter in the longer: a name much shorter than the brand is no imitation of it
    shortest = np.array([max(4, len(target) - 2) for target in wanted])
    written = [(at, form) for at, name in enumerate(skeletons) for form in {name, name.replace("-", "")}]
    for start in range(0, len(written), CHUNK):
        chunk = written[start : start + CHUNK]
        forms = [form for _, form in chunk]
        ratios = process.cdist(forms, wanted, scorer=fuzz.partial_ratio, score_cutoff=LEAST_RATIO, dtype=np.uint8)
        lengths = np.array([len(form) for form in forms])
        for form, brand in np.argwhere((ratios >= least) & (lengths[:, None] >= shortest)).tolist():
            yield chunk[form][0], long[brand]


class _PartIndex:
    """Names by their parts between hyphens, by neighbouring parts joined, and by how parts begin and end."""

    def __init__(self, skeletons: Iterable[str]):
        self.whole: dict[str, list[int]] = defaultdict(list)
        self.edges: dict[str, list[int]] = defaultdict(list)
        for at, name in enumerate(skeletons):
            parts = [part for part in name.split("-") if part]
            joined = "".join(parts)
            for part in {*parts, *map("".join, itertools.pairwise(parts)), joined}:
                self.whole[part].append(at)
                for length in range(3, min(LONG_BRAND, len(part))):
                    self.edges[part[:length]].append(at)
                    if part[-length:] != part[:length]:
                        self.edges[part[-length:]].append(at)
        self.short = [part for part in self.whole if 3 <= len(part) <= LONG_BRAND + 1]

    def near(self, brand: str) -> set[int]:
        """For brands of two to five letters: names with a part equal to the brand; from three letters on,
        one that starts or ends with it; from four letters on, one within one edit of it."""
        if not 2 <= len(brand) <= LONG_BRAND:
            return set()
        names = {name for form in _merged(brand) for name in self.edges.get(form, ())} | set(self.whole.get(brand, ()))
        if len(brand) >= 4 and self.short:
            distances = process.cdist([brand], self.short, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8)[0]
            for at in np.nonzero(distances <= 1)[0]:
                names.update(self.whole[self.short[at]])
        return names

    def rotated(self, brand: str) -> set[int]:
        """Names with a part that is the brand with its front moved to its end, two letters or more on each side."""
        turned = {brand[cut:] + brand[:cut] for cut in range(2, len(brand) - 1)} - {brand}
        return {name for text in turned for name in self.whole.get(text, ())}


def _merged(brand: str) -> set[str]:
    """The brand, and as it looks where its last or first letter pairs with its neighbour: `ubem` of `ubernow`."""
    return {
        brand,
        *(brand[:-1] + letter for pair, letter in LETTER_PAIRS if brand.endswith(pair[0])),
        *(letter + brand[1:] for pair, letter in LETTER_PAIRS if brand.startswith(pair[1])),
    }
