"""The (name, brand) pairs worth scoring, for all brands at once: cheap, and exact about what it can miss.

A pair is a candidate if some span of the name's skeleton, hyphens dropped, is few edits away from the brand's. How
many depends on the brand's letters and on where the span stands (`targets.ALLOWED`). `qgrams` proposes pairs, `spans`
measures them. The brand with its front moved to its end (`flixnet`), which no edit distance sees, is looked up.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from squatwatch_ml.candidates.qgrams import LONGEST, Alphabet, Index, Texts
from squatwatch_ml.candidates.spans import end_costs, fewest_edits, fewest_edits_from_starts, letter_places
from squatwatch_ml.candidates.targets import brand_forms, rotations_of, targets_of

NAMES, PAIRS = 8_000, 16_384  # at a time: they bound the memory, and stay near the processor


class CandidatePairs(NamedTuple):
    """Candidates, one entry a pair, sorted by name, then brand.

    `similarity` is partial_ratio of the two skeletons over 100, of the name with or without its hyphens.
    """

    name_index: NDArray[np.int64]
    brand_index: NDArray[np.int64]
    similarity: NDArray[np.float32]  # 0 to 1


def candidate_pairs(skeletons: Sequence[str], brands: Sequence[str]) -> CandidatePairs:
    """Return the pairs of names (as skeletons of their labels) and brands that may be look-alikes.

    A brand with special letters is looked for in each of its spellings (`text.spelling`).

    What it misses: more edits than ALLOWED; of those allowed, two pairs of neighbouring letters swapped, or three
    edits, where they leave fewer than two pairs of neighbouring letters in place; a front moved to the end inside a
    longer part; brands of one letter or of more than 63.
    """
    pairs = np.unique(np.concatenate([_near(skeletons, brands), _rotated(skeletons, brands)]), axis=0)
    names = [skeletons[at] for at in pairs[:, 0].tolist()]
    return CandidatePairs(pairs[:, 0], pairs[:, 1], _similarity(names, [brands[at] for at in pairs[:, 1].tolist()]))


def _similarity(names: Sequence[str], brands: Sequence[str]) -> NDArray[np.float32]:
    """Return the similarity of each name's skeleton to its brand in the spelling that is most alike."""
    forms = {brand: [form.seen for form in brand_forms(brand)] for brand in set(brands)}
    similarity = similarity_of(names, [forms[brand][0] for brand in brands])
    for at in [at for at, brand in enumerate(brands) if len(forms[brand]) > 1]:
        spelt = forms[brands[at]]
        similarity[at] = similarity_of([names[at]] * len(spelt), spelt).max()
    return similarity


def similarity_of(names: Sequence[str], brands: Sequence[str]) -> NDArray[np.float32]:
    """Return float32 [pairs], 0 to 1: rapidfuzz's partial_ratio of skeletons, pair by pair, over 100.

    The hyphens of the name are kept or dropped, whichever gives more.
    """
    ratios = [
        process.cpdist(forms, brands, scorer=fuzz.partial_ratio, dtype=np.float32)
        for forms in (names, [name.replace("-", "") for name in names])
    ]
    return np.asarray(np.maximum(*ratios) / 100, np.float32)


def _near(skeletons: Sequence[str], brands: Sequence[str]) -> NDArray[np.int64]:
    """Return indices of names and brands, int64 [pairs, 2], where a span of the name is within the edits allowed."""
    targets = [(at, target) for at, brand in enumerate(brands) for target in targets_of(brand)]
    texts = [target.text for _, target in targets]
    alphabet = Alphabet(texts)
    wanted = alphabet.read(texts)
    index = Index(wanted, alphabet)
    brand_of = np.array([at for at, _ in targets], dtype=np.int64)
    allowed = np.array([target.allowed for _, target in targets], dtype=np.int8).reshape(-1, 3)
    # names of like length together: what is computed of some is as wide as the longest of them
    by_length = np.argsort(np.fromiter(map(len, skeletons), np.int64, len(skeletons)), kind="stable")
    blocks = [np.empty((0, 2), np.int64)]
    for first in range(0, len(skeletons), NAMES):
        rows = by_length[first : first + NAMES]
        names = alphabet.read([skeletons[row] for row in rows.tolist()])
        for name, target in _verified(names, wanted, allowed, *index.sharing(names)):
            blocks.append(np.column_stack([rows[name], brand_of[target]]))
    return np.concatenate(blocks)


def _verified(
    names: Texts,
    targets: Texts,
    allowed: NDArray[np.int8],
    name: NDArray[np.int32],
    target: NDArray[np.int32],
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Yield those of the pairs (indices `name`, `target`) that are near enough; `allowed` is [targets, 3]."""
    # an edit takes away one letter of the target at most
    missing = np.bitwise_count(_letter_sets(targets).take(target) & ~_letter_sets(names).take(name))
    enough = np.flatnonzero(missing <= allowed[:, 2].take(target))
    name, target = name.take(enough), target.take(enough)
    # pairs of one length are measured together, names of like length beside one another
    sizes = targets.lengths.astype(np.uint16).take(target)
    order = np.argsort(sizes * (LONGEST + 1) + names.lengths.astype(np.uint16).take(name), kind="stable")
    name, target = name.take(order), target.take(order)
    block = _Block(names, targets, allowed)
    for first, last in itertools.pairwise([0, *np.bincount(sizes).cumsum().tolist()]):
        for start in range(first, last, PAIRS):
            chunk = slice(start, min(start + PAIRS, last))
            is_near = block.is_near(name[chunk], target[chunk])
            yield name[chunk][is_near], target[chunk][is_near]


class _Block:
    """Names, some thousand at a time, and targets, as they are measured."""

    def __init__(self, names: Texts, targets: Texts, allowed: NDArray[np.int8]):
        self._names, self._targets, self._allowed = names, targets, allowed
        self._letters, self._costs = np.ascontiguousarray(names.letters.T), end_costs(names.ends)
        self._places = letter_places(targets.letters)

    def is_near(self, name: NDArray[np.int32], target: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Tell for each pair, of targets of one length, whether a span is within the edits allowed."""
        names, targets = self._names, self._targets
        width, size = int(names.lengths[name].max()), int(targets.lengths[target[0]])
        inside, edge, whole = self._allowed[target].T
        anywhere, ending = fewest_edits(self._letters[:width], self._costs[:width], self._places, size, name, target)
        is_near = (anywhere <= inside) | (ending <= edge)
        open_ = np.flatnonzero(~is_near & (anywhere <= whole))
        name, wanted = name[open_], targets.letters[target[open_], :size]
        starting, both = fewest_edits_from_starts(
            names.letters[name, :width], wanted, names.starts[name, :width], names.ends[name, :width]
        )
        is_near[open_] = (starting <= edge[open_]) | (both <= whole[open_])
        return np.asarray(is_near, bool)


def _letter_sets(texts: Texts) -> NDArray[np.uint64]:
    """Return uint64 [texts]: which letters occur, one bit each; where there are more than 64, several share a bit."""
    bits = np.where(texts.letters > 0, np.uint64(1) << (texts.letters.astype(np.uint64) & np.uint64(63)), np.uint64(0))
    return np.asarray(np.bitwise_or.reduce(bits, axis=1), np.uint64)


def _rotated(skeletons: Sequence[str], brands: Sequence[str]) -> NDArray[np.int64]:
    """Return indices, int64 [pairs, 2], where a part or two neighbours are the brand with its front at its end."""
    turned: dict[str, set[int]] = defaultdict(set)
    for at, brand in enumerate(brands):
        for text in rotations_of(brand):
            turned[text].add(at)
    pairs = [
        (at, brand)
        for at, name in enumerate(skeletons)
        if "-" in name or name in turned
        for text in _runs(name)
        for brand in turned.get(text, ())
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _runs(name: str) -> list[str]:
    """Return the parts between hyphens, two neighbours joined, and all joined; the name itself where it is one part."""
    parts = name.split("-")
    return [*parts, *map("".join, itertools.pairwise(parts)), "".join(parts)] if len(parts) > 1 else parts
