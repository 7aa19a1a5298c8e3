"""An untrained rule, a page of code: the bar for whatever is trained.

A name is near a brand where its skeleton contains that of the brand, hyphens kept or dropped, or where the name or a
part between its hyphens is within one edit of it (two for brands of eight letters or more). This is also what was put
before the eye when days were judged. `Rule` then leaves out near parts that are English words, and, if asked, names in
which the brand only stands inside a longer ordinary word.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate

import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from squatwatch_ml.evaluation.matchers import yes
from squatwatch_ml.text.skeleton import joined_skeleton, skeleton
from squatwatch_ml.text.suffixes import labels
from squatwatch_ml.text.word_packages import frequencies

TWO_EDITS_FROM = 8  # letters
WORD_ZIPF = 3.0  # once in a million words
WORD_LENGTHS = range(4, 17)


class Rule:
    """The rule; `with_words`: names in which the brand is only a piece of a longer word are not raised."""

    has_scores = False

    def __init__(self, with_words: bool = False):
        self.name = "rule with words" if with_words else "rule"
        self._with_words = with_words

    def threshold(self, brand: str) -> float:
        """Return the score from which a pair is raised, the same for all brands."""
        return 0.5

    def search(self, domains: Sequence[str], brands: Sequence[str]) -> pl.DataFrame:
        """Return the pairs that the rule raises: domain, brand, score 1."""
        names = NameParts(domains)
        pairs: dict[tuple[str, str], None] = {}
        for brand in brands:
            target = joined_skeleton(brand)
            for at in names.containing(target):
                if not (self._with_words and inside_a_word(names.skeletons[at], target)):
                    pairs[domains[at], brand] = None
            for part, at in names.near(target):
                if not is_word(part) and target not in part:
                    pairs[domains[at], brand] = None
        return yes(list(pairs))


def near_pairs(domains: Sequence[str], brands: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of domain and brand that are near, by brand and position, words included."""
    names = NameParts(domains)
    pairs = []
    for brand in brands:
        target = joined_skeleton(brand)
        near = {*names.containing(target), *(at for _, at in names.near(target))}
        pairs += [(domains[at], brand) for at in sorted(near)]
    return pairs


class NameParts:
    """Names as skeletons, and by their parts."""

    def __init__(self, domains: Sequence[str]):
        self.skeletons = list(map(skeleton, labels(domains)))
        joined = [name.replace("-", "") for name in self.skeletons]
        self._text = "\n".join(joined)
        self._starts = list(accumulate((len(name) + 1 for name in joined), initial=0))  # and the end
        self._parts: dict[str, list[int]] = defaultdict(list)
        for at, name in enumerate(self.skeletons):
            for part in {name, *name.split("-"), joined[at]}:
                self._parts[part].append(at)
        self._part_list = list(self._parts)

    def containing(self, target: str) -> Iterator[int]:
        """Yield the positions of names that contain a brand's plain skeleton."""
        found = self._text.find(target)
        while found >= 0:
            at = bisect_right(self._starts, found) - 1
            yield at
            found = self._text.find(target, self._starts[at + 1])

    def near(self, target: str) -> Iterator[tuple[str, int]]:
        """Yield the parts within the edits allowed, with the positions of the names that have them."""
        most = 2 if len(target) >= TWO_EDITS_FROM else 1
        distances = process.cdist([target], self._part_list, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)[0]
        for index in np.nonzero(distances <= most)[0]:
            part = self._part_list[index]
            for at in self._parts[part]:
                yield part, at


def is_word(part: str) -> bool:
    """Tell whether a part, as a skeleton, is a common English word."""
    return part in _word_skeletons()


def inside_a_word(name: str, target: str) -> bool:
    """Tell whether the target stands in the name within longer words only."""
    at = name.find(target)
    if at < 0:
        return False  # written with hyphens
    while at >= 0:
        if not _covered(name, at, at + len(target)):
            return False
        at = name.find(target, at + 1)
    return True


def _covered(name: str, first: int, last: int) -> bool:
    """Tell whether there is a longer word over name[first:last], other than its plural."""
    for start in range(max(0, last - WORD_LENGTHS.stop + 1), first + 1):
        for end in range(last, min(len(name), start + WORD_LENGTHS.stop - 1) + 1):
            word = name[start:end]
            if word not in (target := name[first:last], target + "s") and len(word) in WORD_LENGTHS and is_word(word):
                return True
    return False


@cache
def _word_skeletons() -> frozenset[str]:
    """Return the English words of wordfreq's list, as skeletons, since names are compared as such."""
    common = frequencies("en", "large", WORD_ZIPF)
    return frozenset(skeleton(word) for word, _ in common if word.isascii() and word.isalpha())
