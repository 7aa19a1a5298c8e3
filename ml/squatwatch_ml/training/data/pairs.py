"""Training pairs: imitations of pseudo-brands, generated or planted, against real names that come near.

The background is real names (the packaged Tranco million, and registration lists if given) that pass the candidate
step for a brand. They are *unlabelled* negatives: names that contain the brand or are one edit away are kept among
them, else the network learns that nearness alone means imitation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.candidates.candidates import candidate_pairs
from squatwatch_ml.pair.match import best_match
from squatwatch_ml.text.skeleton import LOOK_LIKE_ASCII, skeleton, without_marks
from squatwatch_ml.text.words import is_dictionary_word, read, zipf_of
from squatwatch_ml.training.data.generate import imitations
from squatwatch_ml.training.data.labels import LabelledName, squats

COMMON_ZIPF = 3.0  # from once in a million words on, an altered brand that is a word is that word
LONGEST_NUMBERED = 5  # letters: only brands this short are met by chance at the end of a number

# letter to the digit that looks like it
DIGIT_LOOKS = {look: digit for digit, look in LOOK_LIKE_ASCII.items() if digit.isdigit()} | {"i": "1"}


class TrainingPairs(NamedTuple):
    """Pairs and what a network should score them, one entry each.

    `target`, float32 [pairs]: 1 for an imitation, 0 for a background name, or a score in between.
    """

    labels: list[str]
    brands: list[str]
    target: NDArray[np.float32]


def alike(pairs: Sequence[tuple[str, str]], target: float) -> TrainingPairs:
    """Return (label, brand) pairs that all have one target."""
    labels, brands = [label for label, _ in pairs], [brand for _, brand in pairs]
    return TrainingPairs(labels, brands, np.full(len(pairs), target, np.float32))


def join(*parts: TrainingPairs) -> TrainingPairs:
    """Return the pairs of all parts, in their order."""
    return TrainingPairs(
        [label for part in parts for label in part.labels],
        [brand for part in parts for brand in part.brands],
        np.concatenate([part.target for part in parts]),
    )


def positive_pairs(
    brands: Sequence[str], each: int, rng: np.random.Generator, vocabulary: Sequence[str]
) -> TrainingPairs:
    """Generate up to `each` imitations a brand: those the candidate step finds and whose span is no common word.

    `vocabulary`: words that may stand beside the brand.
    """
    pairs = [
        (label, brand)
        for brand in brands
        for label in _findable(imitations(brand, each, rng, vocabulary), brand)
        if not _is_word(label, brand)
    ]
    return alike(pairs, 1)


def _findable(labels: list[str], brand: str) -> list[str]:
    candidates = candidate_pairs([skeleton(label) for label in labels], [brand])
    return [labels[at] for at in candidates.name_index]


def _is_word(label: str, brand: str) -> bool:
    """Tell whether the altered brand is a common word: `finance` for the brand `binance` says nothing about binance."""
    match = best_match(label, brand)
    written = label[match.start : match.end].replace("-", "")
    return match.distance > 0 and zipf_of(written) >= COMMON_ZIPF


def planted_pairs(
    names: Sequence[LabelledName], brands: Sequence[str], each: int, rng: np.random.Generator
) -> TrainingPairs:
    """Put what was registered around labelled brands around other brands: `paypal-konto` teaches `zalando-konto`.

    So what stands beside a brand is learnt, and not which brands have squats. `each`: at most so many a brand.
    """
    surroundings = sorted({around for name in squats(names) if (around := _around(name)) is not None})
    pairs = [
        (before + brand + after, brand)
        for brand in brands
        for before, after in (surroundings[at] for at in rng.permutation(len(surroundings))[:each])
    ]
    return alike(pairs, 1)


def _around(name: LabelledName) -> tuple[str, str] | None:
    """Return what is before and after the brand as written; None where it is altered or nothing is beside it."""
    at = name.label.find(name.brand)
    if at < 0 or name.label == name.brand:
        return None
    return name.label[:at], name.label[at + len(name.brand) :]


def labelled_pairs(names: Sequence[LabelledName]) -> TrainingPairs:
    """Return labelled names as they are."""
    target = np.array([name.is_squat for name in names], np.float32)
    return TrainingPairs([name.label for name in names], [name.brand for name in names], target)


def not_planted(names: Sequence[LabelledName]) -> list[LabelledName]:
    """Return the names that `planted_pairs` does not use: names that are no squats, and squats of an altered brand."""
    return [name for name in names if not name.is_squat or name.brand not in name.label]


def background_pairs(
    brands: Sequence[str],
    names: Sequence[str],
    most: int | None,
    rng: np.random.Generator,
    contained_share: float = 1,
) -> TrainingPairs:
    """Draw, by chance, at most `most` names a brand that pass the candidate step; None for no limit.

    The brand's own label is left out: a popular name equal to the brand is the brand. Of the names that contain the
    brand outside a longer word, `contained_share` are used: they are its family, its squats, and some other things.
    """
    skeletons = [skeleton(name) for name in names]
    targets = [skeleton(brand) for brand in brands]
    # words are in many more names than names are: fewer of theirs, or no brand that is a word would ever be found
    shares = [contained_share / 3 if is_dictionary_word(brand) else contained_share for brand in brands]
    candidates = candidate_pairs(skeletons, brands)
    taken: Counter[int] = Counter()
    pairs = []
    for row in rng.permutation(len(candidates.name_index)).tolist():
        name, brand = names[candidates.name_index[row]], int(candidates.brand_index[row])
        is_contained = targets[brand] in skeletons[candidates.name_index[row]]
        if is_contained and _stands_alone(name, brands[brand]) and rng.random() >= shares[brand]:
            continue
        if name != brands[brand] and (most is None or taken[brand] < most):
            taken[brand] += 1
            pairs.append((name, brands[brand]))
    return alike(pairs, 0)


def _stands_alone(name: str, brand: str) -> bool:
    """Tell whether the brand in a name is no part of a longer word there: `apple-pie`, not `pineapple`."""
    plain = without_marks(name)
    at = plain.find(brand)
    return at < 0 or not any(
        piece.start <= at and at + len(brand) <= piece.end and piece.end - piece.start > len(brand)
        for piece in read(plain).best
    )


def number_pairs(brands: Sequence[str], each: int, rng: np.random.Generator) -> TrainingPairs:
    """Generate background that popular lists lack: numbers that end like a short brand (`955440dh1`)."""
    pairs = []
    for brand in brands:
        places = [at for at, letter in enumerate(brand) if letter in DIGIT_LOOKS]
        if places and len(brand) <= LONGEST_NUMBERED:
            for _ in range(each):
                at = places[int(rng.integers(len(places)))]
                number = rng.integers(10 ** int(rng.integers(2, 8)))
                pairs.append((f"{number}{brand[:at]}{DIGIT_LOOKS[brand[at]]}{brand[at + 1 :]}", brand))
    return alike(pairs, 0)
