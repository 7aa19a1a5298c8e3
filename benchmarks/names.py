"""Names for benchmarks: real registrations from the folder SQUATWATCH_REAL_LISTS, else packaged popular names."""

from __future__ import annotations

import gzip
import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path

DAY = 150_000  # names of a day
LISTS = ("2020-05-08*", "2020-05-06*", "2020-05-03*", "2020-05-12*", "2023-*")  # a day's names are of the first two


def names_of_a_day(count: int = DAY) -> list[str]:
    """Return different names, as many as are asked for.

    They are names of days of May 2020; without a folder of real lists, popular names. Where all of these are not
    enough, they come again with a mark before the suffix.
    """
    names = dict.fromkeys(itertools.islice(_names(), count))
    for mark in itertools.count(1):
        if len(names) >= count:
            break
        names |= dict.fromkeys(name.replace(".", f"-{mark}.", 1) for name in itertools.islice(_names(), count))
    return list(names)[:count]


def _names() -> Iterator[str]:
    if folder := os.environ.get("SQUATWATCH_REAL_LISTS"):
        seen: set[str] = set()
        for pattern in LISTS:
            for file in sorted((Path(folder).expanduser() / "registrations").glob(f"{pattern}.gz")):
                for name in gzip.decompress(file.read_bytes()).decode().split():
                    if name not in seen:
                        seen.add(name)
                        yield name
    else:
        from squatwatch_ml.text.names import popular_domains

        yield from popular_domains()


def popular_brands(count: int) -> list[str]:
    """Return popular names of five to fourteen letters, in an order of chance that is the same each time."""
    import numpy as np

    from squatwatch_ml.text.names import labels_of, popular_domains

    labels = [label for label in labels_of(popular_domains("tranco10k")) if re.fullmatch("[a-z]{5,14}", label)]
    return [labels[at] for at in np.random.default_rng(1).permutation(len(labels))][:count]


def spread(names: list[str], count: int) -> list[str]:
    """Return so many of the names, at even distances: lists are sorted."""
    return [names[at * len(names) // count] for at in range(count)]


def write_list(path: Path, names: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(names))
    return path


def write_brands(path: Path, brands: list[str]) -> Path:
    """Write a brands.csv in which each brand owns its .com name."""
    return write_list(path, ["brand,brand_domain", *(f"{brand},{brand}.com" for brand in brands)])
