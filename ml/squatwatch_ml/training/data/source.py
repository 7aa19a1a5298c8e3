"""The sources of training pairs: packaged lists of popular domains, registration lists, and labels.

Brands are stood for by labels of the ten thousand most popular domains (pseudo-brands), so training needs no private
data.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from squatwatch_ml.text.names import labels_of, popular_domains, read_domains
from squatwatch_ml.text.skeleton import skeleton
from squatwatch_ml.training.data.labels import LabelledNames, read_labels
from squatwatch_ml.training.data.splits import learnable


class Source(NamedTuple):
    """Lists that pairs are made from; the same files give the same lists.

    `popular`: labels of the packaged million; `registered`: labels of the registration lists; `brand_pool`: possible
    pseudo-brands; `vocabulary`: words that stand between hyphens in popular names; `fingerprint`: sha256 of the lists.
    """

    popular: list[str]
    registered: list[str]
    labelled: LabelledNames
    brand_pool: list[str]
    vocabulary: list[str]
    fingerprint: str


class BrandSplit(NamedTuple):
    """Pseudo-brands to learn from, and others that only the metrics see."""

    learnt: list[str]
    held_out: list[str]


def read_source(registrations: Sequence[Path] = (), labels: Sequence[Path] = ()) -> Source:
    """Read the packaged lists, registration lists (plain, .gz, .zip) and label files.

    Raises OSError or ValueError for a file that cannot be read.
    """
    popular = [label for label in labels_of(popular_domains("tranco")) if "." not in label]  # no public suffixes
    registered = labels_of(domain for path in registrations for domain in read_domains(path))
    labelled = read_labels(labels)
    pool = learnable(brand_pool())
    digest = hashlib.sha256()
    for names in (popular, registered, pool, map(repr, labelled.names)):
        digest.update("\n".join([*names, ""]).encode("utf-8", "surrogatepass"))
    return Source(popular, registered, labelled, pool, list(common_words(popular)), digest.hexdigest())


def brand_pool() -> list[str]:
    """Return labels of the ten thousand most popular domains that have 3 to 14 plain letters."""
    return [label for label in labels_of(popular_domains("tranco10k")) if re.fullmatch("[a-z]{3,14}", label)]


def common_words(labels: Iterable[str], least: int = 3) -> dict[str, int]:
    """Count words of 3 to 16 plain letters between hyphens; those that occur `least` times or more, by alphabet."""
    counts = Counter(
        part for label in labels if "-" in label for part in label.split("-") if re.fullmatch("[a-z]{3,16}", part)
    )
    return {word: counts[word] for word in sorted(counts) if counts[word] >= least}


def split_brands(pool: Sequence[str], count: int, rng: np.random.Generator) -> BrandSplit:
    """Draw `count` brands of the pool: an eighth of them, at least one, held out for the metrics.

    Brands with the same skeleton count as one. Raises ValueError where fewer than two can be drawn.
    """
    distinct = list({skeleton(brand): brand for brand in pool}.values())
    chosen = [distinct[at] for at in rng.permutation(len(distinct))[:count]]
    held_out = max(1, len(chosen) // 8)
    if len(chosen) < 2:
        raise ValueError(f"{len(chosen)} brands are too few: one to learn from, one for the metrics")
    return BrandSplit(chosen[held_out:], chosen[:held_out])


def draw_background(source: Source, count: int, rng: np.random.Generator) -> list[str]:
    """Draw `count` popular labels by chance, each at most once."""
    drawn = rng.permutation(len(source.popular))[:count]
    return list(dict.fromkeys(source.popular[at] for at in drawn))
