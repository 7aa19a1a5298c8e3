"""What is known of a brand: how much its name is a word, how well known it is, and what it does.

`united` and `delta` are words that hundreds of popular names contain; `paypal` is neither. So a name that contains
`united` says little, and one that contains `paypal` says much. `apple` is such a word too, and so well known that
who writes it most likely means it.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import log1p

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.text.names import label_of, popular_domains
from squatwatch_ml.text.popular_names import popularity_of
from squatwatch_ml.text.skeleton import without_marks
from squatwatch_ml.text.words import is_dictionary_word, language_count, zipf_of

MOST_POPULAR = {"visited": "tranco10k", "linked": "majestic_million"}  # packaged lists of ten thousand sites each
BRAND = (
    "brand_letters",
    "brand_zipf",  # how common it is in the language that uses it most
    "brand_plural_zipf",  # the same of its plural: words have one, names hardly
    "brand_languages",  # in how many it is a word
    "brand_in_dictionary",
    "brand_in_popular",  # log of how many popular names contain it
    "brand_part_of_popular",  # log of how many have it between hyphens
    "brand_within_popular",  # log of how many have it anywhere but at the start
    "brand_within_share",
    *(f"brand_{known}" for known in MOST_POPULAR),  # log of how many of the most popular sites have it as their name
)


def brand_evidence(brands: Sequence[str]) -> NDArray[np.float64]:
    """Return float64 [brands, BRAND]: the numbers of each brand, in order."""
    distinct = list(dict.fromkeys(brands))
    words = {brand: without_marks(brand).replace(" ", "") for brand in distinct}
    popularity = popularity_of(list(words.values()))
    of_brand = {}
    for brand, word in words.items():
        containing, with_part, beginning = popularity.get(word, (0, 0, 0))
        within = containing - beginning
        of_brand[brand] = (
            len(word),
            zipf_of(word),
            zipf_of(f"{word}s"),
            language_count(word),
            is_dictionary_word(word),
            log1p(containing),
            log1p(with_part),
            log1p(within),
            (within + 1) / (containing + 2),
            *(log1p(_sites(known)[_without_hyphens(word)]) for known in MOST_POPULAR.values()),
        )
    return np.array([of_brand[brand] for brand in brands], np.float64).reshape(len(brands), len(BRAND))


@cache
def _sites(popularity_list: str) -> Counter[str]:
    """Return how many sites of a packaged list have each label, hyphens left out: `t-mobile` is `tmobile`."""
    return Counter(_without_hyphens(label_of(site)) for site in popular_domains(popularity_list))


def _without_hyphens(label: str) -> str:
    return label.replace("-", "")


@cache
def known_abouts() -> Mapping[str, str]:
    """Return what well-known brands do, in a few words, by brand. A list of brands may say it of its own."""
    text = (files("squatwatch_ml") / "rank" / "abouts.csv").read_text("utf-8")
    return {row["brand"]: row["about"] for row in csv.DictReader(text.splitlines())}
