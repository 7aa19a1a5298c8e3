"""The article's protocol: as many generated imitations of one brand as real names, a part of both held out.

Negatives are popular names drawn by chance. Two kinds are left out and counted, since nobody has labelled them:
names that contain the brand (its own family, its fans, and squats), and names that the generator made as well.
A label is in one part only, under one suffix only. The suffixes of the imitations are drawn from those of the real
names, so that nothing is learnt from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.text.names import label_of, popular_domains, suffix_of
from squatwatch_ml.text.skeleton import joined_skeleton, skeleton
from squatwatch_ml.training.data.generate import imitations

HELD_OUT = 0.2
LEAST = 20  # imitations, below which no split means anything


class BrandError(ValueError):
    """No imitations of this brand can be generated; the message says what a brand is made of."""


class NameSet(NamedTuple):
    """Names, one entry each: `domains` in Unicode, `labels` without their suffix.

    `target`, float32 [names]: 1 for an imitation, else 0.
    """

    labels: list[str]
    domains: list[str]
    target: NDArray[np.float32]

    def take(self, rows: NDArray[np.int64]) -> NameSet:
        """Return some of the names."""
        return NameSet([self.labels[at] for at in rows], [self.domains[at] for at in rows], self.target[rows])


class Balanced(NamedTuple):
    """Names to learn from and names held out.

    `containing`, `generated`: how many real names were left out because they contain the brand, or because the
    generator made them too.
    """

    train: NameSet
    test: NameSet
    containing: int
    generated: int


def balanced_names(brand: str, count: int, seed: int, real: Iterable[str] | None = None) -> Balanced:
    """Return `count` imitations and as many real names, or fewer of both where the brand is too short.

    The negatives are drawn from `real`, else from the packaged million. The same seed gives the same names. Raises
    BrandError where the brand cannot be imitated, ValueError where there are too few real names.
    """
    rng = np.random.default_rng(seed)
    made = _imitations(brand, count, rng)
    drawn, containing, generated = _real_names(brand, made, sorted(real or popular_domains("tranco")), rng)
    made = made[: len(drawn)]
    suffixes = list(drawn.values())
    borrowed = [suffixes[at] for at in rng.integers(len(suffixes), size=len(made))]
    labels = [*made, *drawn]
    domains = [f"{label}.{suffix}" for label, suffix in zip(labels, [*borrowed, *suffixes], strict=True)]
    names = NameSet(labels, domains, np.repeat(np.array([1, 0], np.float32), [len(made), len(drawn)]))
    held_out, learnt = _split(len(made), len(drawn), rng)
    return Balanced(names.take(learnt), names.take(held_out), containing, generated)


def _imitations(brand: str, count: int, rng: np.random.Generator) -> list[str]:
    """Generate imitations without the brand itself: its label under another suffix is found without reading it."""
    if not re.fullmatch("[a-z0-9]{3,}", brand):
        raise BrandError(
            f"no imitations of {brand!r} can be generated: give three or more letters a to z, as in paypal"
        )
    made = [label for label in imitations(brand, count + 1, rng) if label != brand][:count]
    if len(made) < LEAST:
        raise BrandError(f"{len(made)} imitations of {brand!r} are too few: ask for {LEAST} or more, of a longer brand")
    return made


def _real_names(
    brand: str, made: list[str], domains: Sequence[str], rng: np.random.Generator
) -> tuple[dict[str, str], int, int]:
    """Return label to suffix of as many real names as were made, and how many were left out of each kind."""
    imitated, target = set(made), skeleton(brand)
    drawn: dict[str, str] = {}
    containing = generated = 0
    for at in rng.permutation(len(domains)):
        if len(drawn) == len(made):
            break
        label, suffix = label_of(domains[at]), suffix_of(domains[at])
        if target in joined_skeleton(label):
            containing += 1
        elif label in imitated:
            generated += 1
        elif label != suffix:  # a public suffix is nobody's name
            drawn.setdefault(label, suffix)
    if len(drawn) < LEAST:
        raise ValueError(f"{len(drawn)} real names are too few for a split: give a longer list")
    return drawn, containing, generated


def _split(made: int, drawn: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows held out, the same share of both kinds, and the others; each in an order drawn by chance."""
    kinds = rng.permutation(made), made + rng.permutation(drawn)
    held_out = np.concatenate([rows[: round(len(rows) * HELD_OUT)] for rows in kinds])
    learnt = np.concatenate([rows[round(len(rows) * HELD_OUT) :] for rows in kinds])
    return rng.permutation(held_out), rng.permutation(learnt)
