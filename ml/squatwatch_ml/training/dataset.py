"""Training pairs: imitations of some hundred popular names, generated or planted, against real names that come near.

The pseudo-brands are labels of the ten thousand most popular domains, so training needs no private data. The
background is real names (the packaged Tranco million, and registration lists if given) that pass the candidate step
for a brand. They are *unlabelled* negatives: names that contain the brand or are one edit away are kept among them,
else the network learns that nearness alone means imitation.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from squatwatch_ml.candidates.candidates import candidate_pairs
from squatwatch_ml.pair.match import best_match
from squatwatch_ml.text.names import labels_of, popular_domains, read_domains
from squatwatch_ml.text.skeleton import LOOK_LIKE_ASCII, skeleton
from squatwatch_ml.text.words import is_dictionary_word, read, read_words, without_marks
from squatwatch_ml.training.generate import imitations
from squatwatch_ml.training.labels import Label, Labels, read_labels, squats
from squatwatch_ml.training.splits import learnable

COMMON_ZIPF = 3.0  # from once in a million words on, an altered brand that is a word is that word

# letter to the digit that looks like it
DIGIT_LOOKS = {look: digit for digit, look in LOOK_LIKE_ASCII.items() if digit.isdigit()} | {"i": "1"}


class Source(NamedTuple):
    """What pairs are made from; everything deterministic in the lists.

    `popular`: labels of the packaged million; `registered`: of the lists given; `labels`: what people said of names;
    `brand_pool`: possible pseudo-brands; `vocabulary`: words that stand between hyphens in popular names;
    `fingerprint`: sha256 of the lists.
    """

    popular: list[str]
    registered: list[str]
    labels: Labels
    brand_pool: list[str]
    vocabulary: list[str]
    fingerprint: str


class Pairs(NamedTuple):
    """Labelled pairs, one entry each; `target` 1 for a generated imitation, 0 for a background name."""

    labels: list[str]
    brands: list[str]
    target: np.ndarray


def read_source(registrations: Sequence[Path] = (), labels: Sequence[Path] = ()) -> Source:
    """Reads the packaged lists and the files given. Raises OSError, ValueError for an unreadable one."""
    popular = labels_of(popular_domains("tranco"))
    registered = labels_of(domain for path in registrations for domain in read_domains(path))
    said = read_labels(labels)
    pool = learnable(brand_pool())
    digest = hashlib.sha256()
    for names in (popular, registered, pool, map(repr, said.labels)):
        digest.update("\n".join([*names, ""]).encode("utf-8", "surrogatepass"))
    return Source(popular, registered, said, pool, list(common_words(popular)), digest.hexdigest())


def brand_pool() -> list[str]:
    """Possible pseudo-brands: labels of the ten thousand most popular domains, 3 to 14 plain letters."""
    return [label for label in labels_of(popular_domains("tranco10k")) if re.fullmatch("[a-z]{3,14}", label)]


def common_words(labels: Iterable[str], least: int = 3) -> dict[str, int]:
    """Words of 3 to 16 plain letters that stand between hyphens `least` times or more, with how often, by alphabet."""
    counts = Counter(
        part for label in labels if "-" in label for part in label.split("-") if re.fullmatch("[a-z]{3,16}", part)
    )
    return {word: counts[word] for word in sorted(counts) if counts[word] >= least}


def split_brands(pool: Sequence[str], count: int, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """`count` brands of the pool in two disjoint lists: to learn from, and an eighth, at least one, for the metrics.

    Brands with the same skeleton count as one. Raises ValueError where the pool has fewer than two.
    """
    distinct = list({skeleton(brand): brand for brand in pool}.values())
    chosen = [distinct[at] for at in rng.permutation(len(distinct))[:count]]
    held = max(1, len(chosen) // 8)
    if len(chosen) < 2:
        raise ValueError(f"{len(chosen)} brands are too few: one to learn from, one for the metrics")
    return chosen[held:], chosen[:held]


def positive_pairs(brands: Sequence[str], each: int, rng: np.random.Generator, source: Source) -> Pairs:
    """Up to `each` imitations a brand: those the candidate step finds and whose altered brand is no common word."""
    pairs = [
        (label, brand)
        for brand in brands
        for label in _findable(imitations(brand, each, rng, source.vocabulary), brand)
        if not _is_word(label, brand)
    ]
    return Pairs([label for label, _ in pairs], [brand for _, brand in pairs], np.ones(len(pairs), np.float32))


def _findable(labels: list[str], brand: str) -> list[str]:
    found = candidate_pairs([skeleton(label) for label in labels], [brand])
    return [labels[at] for at in found.name_index]


def _is_word(label: str, brand: str) -> bool:
    """`finance` for the brand `binance` says nothing about binance."""
    match = best_match(label, brand)
    written = label[match.start : match.end].replace("-", "")
    return match.distance > 0 and read_words().zipf.get(written, 0) >= COMMON_ZIPF


def planted_pairs(labels: Sequence[Label], brands: Sequence[str], each: int, rng: np.random.Generator) -> Pairs:
    """What people registered around a brand, around `each` brand instead: `paypal-konto` teaches `zalando-konto`.

    So what stands beside a brand is learnt and not which brands have squats. `each`: how many a brand, at most.
    """
    around = sorted({found for label in squats(labels) if (found := _around(label)) is not None})
    pairs = [
        (before + brand + after, brand)
        for brand in brands
        for before, after in (around[at] for at in rng.permutation(len(around))[:each])
    ]
    return Pairs([label for label, _ in pairs], [brand for _, brand in pairs], np.ones(len(pairs), np.float32))


def _around(label: Label) -> tuple[str, str] | None:
    """What is before and after the brand as written; None where it is altered, or nothing is beside it."""
    at = label.label.find(label.brand)
    if at < 0 or label.label == label.brand:
        return None
    return label.label[:at], label.label[at + len(label.brand) :]


def said_pairs(labels: Sequence[Label]) -> Pairs:
    """Labels as they are: names that are no squats, and squats in which the brand is altered."""
    kept = [label for label in labels if not label.is_squat or label.brand not in label.label]
    target = np.array([label.is_squat for label in kept], np.float32)
    return Pairs([label.label for label in kept], [label.brand for label in kept], target)


def background_pairs(
    brands: Sequence[str],
    names: Sequence[str],
    most: int | None,
    rng: np.random.Generator,
    contained_share: float = 1,
) -> Pairs:
    """The names that pass the candidate step for a brand, at most `most` each, drawn by chance.

    The brand's own label is left out: a popular name equal to the brand is the brand. Of the names that contain the
    brand outside a longer word, `contained_share` are kept: they are its family, its squats, and some other things.
    """
    skeletons = [skeleton(name) for name in names]
    targets = [skeleton(brand) for brand in brands]
    # words are in many more names than names are: fewer of theirs, or no brand that is a word would ever be found
    shares = [contained_share / 3 if is_dictionary_word(brand) else contained_share for brand in brands]
    pairs = candidate_pairs(skeletons, brands)
    order = rng.permutation(len(pairs.name_index))
    taken: Counter[int] = Counter()
    kept = []
    for row in order.tolist():
        name, brand = names[pairs.name_index[row]], int(pairs.brand_index[row])
        is_contained = targets[brand] in skeletons[pairs.name_index[row]]
        if is_contained and _stands_alone(name, brands[brand]) and rng.random() >= shares[brand]:
            continue
        if name != brands[brand] and (most is None or taken[brand] < most):
            taken[brand] += 1
            kept.append((name, brands[brand]))
    return Pairs([name for name, _ in kept], [brand for _, brand in kept], np.zeros(len(kept), np.float32))


def _stands_alone(name: str, brand: str) -> bool:
    """Whether a name that contains the brand does not read as a longer word there: `apple-pie`, not `pineapple`."""
    plain = without_marks(name)
    at = plain.find(brand)
    return at < 0 or not any(
        piece.start <= at and at + len(brand) <= piece.end and piece.end - piece.start > len(brand)
        for piece in read(plain).best
    )


def number_pairs(brands: Sequence[str], each: int, rng: np.random.Generator) -> Pairs:
    """Background that popular lists lack and registrations have: numbers that end like a short brand (`955440dh1`)."""
    pairs = []
    for brand in brands:
        if len(brand) < 6 and (places := [at for at, letter in enumerate(brand) if letter in DIGIT_LOOKS]):
            for _ in range(each):
                at = places[int(rng.integers(len(places)))]
                number = rng.integers(10 ** int(rng.integers(2, 8)))
                pairs.append((f"{number}{brand[:at]}{DIGIT_LOOKS[brand[at]]}{brand[at + 1 :]}", brand))
    return Pairs([label for label, _ in pairs], [brand for _, brand in pairs], np.zeros(len(pairs), np.float32))


def join(*parts: Pairs) -> Pairs:
    return Pairs(
        [label for part in parts for label in part.labels],
        [brand for part in parts for brand in part.brands],
        np.concatenate([part.target for part in parts]),
    )
