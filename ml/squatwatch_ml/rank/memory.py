"""What analysts said of a brand's names on earlier dates, as evidence about a name of today.

Each number lies between -1 (all that is alike was judged no squat) and 1, and is 0 where nothing was judged: it is
drawn towards 0 by some imagined judgements of neither kind, so that a few say little.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from squatwatch_ml.rank.beside.rests import Rest

MEMORY = (
    "memory_brand",  # of all judged names of the brand
    "memory_kind",  # of those with the brand as it is, or of those that alter it
    "memory_span",  # of those with the same letters for the brand
    "memory_nearest",  # of those that are written alike, the nearer the more
    "memory_similarity",  # how near the nearest is, 0 to 1
    "memory_words",  # of those of the brand with the same words beside it
    "memory_words_of_all",  # of those of any brand with the same words beside it
)
NEITHER = {"brand": 8.0, "kind": 5.0, "span": 2.0, "nearest": 0.4, "words": 1.0, "words_of_all": 8.0}
STEEPNESS = 12.0  # a name with a tenth of its letters changed counts e ** -1.2 of the same one
ALIKE = 0.75  # similarity from which a judged name is named in a note
MOST_NAMED = 2


class Remembered(NamedTuple):
    """Judged names as the ranking reads them; one brand's are `rows[brand]`. `verdicts`: 1 for squats, else -1."""

    labels: list[str]
    shapes: list[str]
    rests: list[Rest]
    verdicts: NDArray[np.float64]
    rows: Mapping[str, NDArray[np.int64]]
    rows_with_word: Mapping[str, list[int]]


class Likeness(NamedTuple):
    """The judged names that one name is like: how many, how many of these are squats, and the nearest, in order."""

    names: int
    squats: int
    nearest: tuple[str, ...]


def remember(
    labels: Sequence[str], brands: Sequence[str], rests: Sequence[Rest], is_squat: Sequence[bool]
) -> Remembered:
    """Return judged names in the order and the groups that `memory_evidence` asks for."""
    rows: defaultdict[str, list[int]] = defaultdict(list)
    with_word: defaultdict[str, list[int]] = defaultdict(list)
    for row, (brand, rest) in enumerate(zip(brands, rests, strict=True)):
        rows[brand].append(row)
        for word in rest.words:
            with_word[word].append(row)
    return Remembered(
        list(labels),
        [shape(label) for label in labels],
        list(rests),
        np.where(np.asarray(is_squat, bool), 1.0, -1.0),
        {brand: np.array(of_brand, np.int64) for brand, of_brand in rows.items()},
        with_word,
    )


def shape(label: str) -> str:
    """Return the label with all digits alike."""
    return "".join("0" if character.isdigit() else character for character in label.lower())


def memory_evidence(
    labels: Sequence[str], brands: Sequence[str], rests: Sequence[Rest], memory: Remembered
) -> tuple[NDArray[np.float64], list[Likeness | None]]:
    """Return float64 [pairs, MEMORY], and the judged names that each name is like, None for none."""
    evidence = np.zeros((len(labels), len(MEMORY)))
    likenesses: list[Likeness | None] = [None] * len(labels)
    of_brand: defaultdict[str, list[int]] = defaultdict(list)
    for row, brand in enumerate(brands):
        of_brand[brand].append(row)
        evidence[row, 6] = _mean_of_words(rests[row], memory)
    for brand, rows in of_brand.items():
        judged = memory.rows.get(brand)
        if judged is not None:
            for row, values, likeness in _of_brand(rows, judged, labels, rests, memory):
                evidence[row, :6] = values
                likenesses[row] = likeness
    return evidence, likenesses


def _mean_of_words(rest: Rest, memory: Remembered) -> float:
    means = [
        _towards_zero(memory.verdicts[memory.rows_with_word[word]], NEITHER["words_of_all"])
        for word in rest.words
        if word in memory.rows_with_word
    ]
    return sum(means) / len(means) if means else 0.0


def _of_brand(
    rows: list[int], judged: NDArray[np.int64], labels: Sequence[str], rests: Sequence[Rest], memory: Remembered
) -> list[tuple[int, tuple[float, ...], Likeness | None]]:
    verdicts = memory.verdicts[judged]
    their_rests = [memory.rests[row] for row in judged]
    their_labels = [memory.labels[row] for row in judged]
    their_shapes = [memory.shapes[row] for row in judged]
    are_exact = np.array([rest.is_exact for rest in their_rests])
    of_span, of_word = _by((rest.span,) for rest in their_rests), _by(rest.words for rest in their_rests)
    similarities = process.cdist([shape(labels[row]) for row in rows], their_shapes, scorer=fuzz.ratio) / 100
    overall = _towards_zero(verdicts, NEITHER["brand"])
    results: list[tuple[int, tuple[float, ...], Likeness | None]] = []
    for row, similar in zip(rows, similarities, strict=True):
        rest = rests[row]
        weights = np.exp((similar - 1) * STEEPNESS)
        same_words = [_towards_zero(verdicts[of_word.get(word, [])], NEITHER["words"]) for word in rest.words]
        values = (
            overall,
            _towards_zero(verdicts[are_exact == rest.is_exact], NEITHER["kind"]),
            _towards_zero(verdicts[of_span.get(rest.span, [])], NEITHER["span"]),
            float((verdicts * weights).sum() / (weights.sum() + NEITHER["nearest"])),
            float(similar.max()),
            sum(same_words) / len(same_words) if same_words else 0.0,
        )
        results.append((row, values, _likeness(similar, verdicts, their_labels)))
    return results


def _likeness(similar: NDArray[np.float64], verdicts: NDArray[np.float64], labels: list[str]) -> Likeness | None:
    alike = np.flatnonzero(similar >= ALIKE)
    if not len(alike):
        return None
    nearest = alike[np.argsort(-similar[alike], kind="stable")]
    names = tuple(dict.fromkeys(labels[at] for at in nearest))[:MOST_NAMED]
    return Likeness(len(alike), int((verdicts[alike] > 0).sum()), names)


def _by(keys_of_each: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    """Return which of them have each key."""
    having: defaultdict[str, list[int]] = defaultdict(list)
    for at, keys in enumerate(keys_of_each):
        for key in keys:
            having[key].append(at)
    return having


def _towards_zero(verdicts: NDArray[np.float64], neither: float) -> float:
    return float(verdicts.sum() / (len(verdicts) + neither))
