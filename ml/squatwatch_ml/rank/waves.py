"""Names of one date that resemble one another: waves, and what the others of the day say about a name."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from squatwatch_ml.rank.beside.rests import Rest
from squatwatch_ml.text.names import label_of, suffix_of

MOST_EDITS, LONG_LABEL = 3, 10
MOST_COMPARED = 4_000  # names of a brand that are compared with each other; more are told apart by equality alone
NOBODY = -9.0  # log-odds that stand for the scores of others where there are none

_Key = Callable[[str, str, Rest], Hashable]
_KEYS: dict[str, _Key] = {
    "shape": lambda brand, suffix, rest: (brand, rest.before, rest.after, rest.is_exact),
    "words": lambda brand, suffix, rest: (brand, rest.words) if rest.words else None,
    "after": lambda brand, suffix, rest: (brand, rest.after) if rest.after else None,
    "before": lambda brand, suffix, rest: (brand, rest.before) if rest.before else None,
    "span": lambda brand, suffix, rest: (brand, rest.span),
    "brand": lambda brand, suffix, rest: brand,
    "suffix": lambda brand, suffix, rest: (brand, suffix),
    "any_brand": lambda brand, suffix, rest: rest.after if len(rest.after) > SHORTEST_TAIL else None,
}
SHORTEST_TAIL = 3  # letters after the brand that are looked for beside other brands too
WAVE = tuple(f"wave_{key}_{what}" for key in _KEYS for what in ("names", "scores"))


def wave_evidence(
    brands: Sequence[str], domains: Sequence[str], rests: Sequence[Rest], log_odds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return float64 [pairs, WAVE]: how many names of the date are alike in some way, and how those others score.

    Counts are logs; scores are means of the others' log-odds, NOBODY where there is no other.
    """
    evidence = np.zeros((len(brands), len(WAVE)))
    suffixes = [suffix_of(domain) for domain in domains]
    for at, key in enumerate(_KEYS.values()):
        keys = [key(*pair) for pair in zip(brands, suffixes, rests, strict=True)]
        counts: Counter[Hashable] = Counter()
        sums: defaultdict[Hashable, float] = defaultdict(float)
        for one, score in zip(keys, log_odds, strict=True):
            if one is not None:
                counts[one] += 1
                sums[one] += float(score)
        for row, one in enumerate(keys):
            others = counts[one] - 1 if one is not None else -1
            evidence[row, 2 * at] = np.log1p(others + 1)
            evidence[row, 2 * at + 1] = (sums[one] - log_odds[row]) / others if others > 0 else NOBODY
    return evidence


def waves(domains: Sequence[str], brands: Sequence[str]) -> tuple[list[str | None], list[int]]:
    """Return the id of each name's wave, None for a name that stands alone, and how many names are in it, 1 for those.

    A name's id depends on its brand, its public suffix and the first of the wave's texts without digits and hyphens,
    so that a wave that goes on tomorrow keeps it.
    """
    ids: list[str | None] = [None] * len(domains)
    sizes = [1] * len(domains)
    rows_of: defaultdict[str, list[int]] = defaultdict(list)
    for row, brand in enumerate(brands):
        rows_of[brand].append(row)
    for brand, rows in rows_of.items():
        numbers = wave_numbers([domains[row] for row in rows])
        members: defaultdict[int, list[int]] = defaultdict(list)
        for row, number in zip(rows, numbers.tolist(), strict=True):
            members[number].append(row)
        for wave in members.values():
            if len(wave) > 1:
                first = min(_letters(domains[row]) for row in wave)
                named = f"{brand}|{suffix_of(domains[wave[0]])}|{first}"
                for row in wave:
                    ids[row] = hashlib.sha256(named.encode()).hexdigest()[:12]
                    sizes[row] = len(wave)
    return ids, sizes


def wave_numbers(domains: Sequence[str]) -> NDArray[np.int64]:
    """Return int64 [domains]: equal numbers for names of one wave, all of one brand.

    A wave is what one registrant does in one go: names under one public suffix that, digits and hyphens dropped, are
    equal or, from ten letters on, at most three edits from another name of the wave.
    """
    letters = [_letters(domain) for domain in domains]
    keys = [(text, suffix_of(domain)) for text, domain in zip(letters, domains, strict=True)]
    number_of = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    distinct = list(number_of)
    waves_of_distinct = np.arange(len(distinct))
    if len(distinct) <= MOST_COMPARED:
        texts = [text for text, _ in distinct]
        suffixes = np.array([suffix for _, suffix in distinct])
        lengths = np.array([len(text) for text in texts])
        distances = process.cdist(texts, texts, scorer=OSA.distance, score_cutoff=MOST_EDITS, dtype=np.uint8)
        long = np.minimum(lengths[:, None], lengths[None, :]) >= LONG_LABEL
        near = (distances == 0) | (long & (distances <= MOST_EDITS))
        waves_of_distinct = _connected(near & (suffixes[:, None] == suffixes[None, :]))
    return np.asarray([waves_of_distinct[number_of[key]] for key in keys], np.int64)


def _connected(near: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return int64 [names]: equal numbers for names that are near each other, or near others that are, and so on."""
    numbers = np.full(len(near), -1)
    for first in range(len(near)):
        if numbers[first] < 0:
            reached = near[first]
            newly = reached
            while newly.any():
                wider = reached | near[newly].any(axis=0)
                reached, newly = wider, wider & ~reached
            numbers[reached] = first
    return numbers


def _letters(domain: str) -> str:
    return "".join(filter(str.isalpha, label_of(domain)))
