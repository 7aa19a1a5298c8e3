"""The brands that a name may pass for, by the rule of the step `transform`. Only here is that rule reached for."""

from __future__ import annotations

from collections.abc import Sequence


def match(labels: Sequence[str], brands: Sequence[str]) -> list[list[str]]:
    """Return for each label the brands that it may pass for, in the order of `brands`."""
    from squatwatch_ml.candidates.candidates import candidate_pairs
    from squatwatch_ml.text.skeleton import skeletons

    matched: list[list[str]] = [[] for _ in labels]
    if labels and brands:
        pairs = candidate_pairs(skeletons(labels), brands)
        for name, brand in zip(pairs.name_index.tolist(), pairs.brand_index.tolist(), strict=True):
            matched[name].append(brands[brand])
    return matched
