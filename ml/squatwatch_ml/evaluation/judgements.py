"""Verdicts of readers on the names of real days: from the folder of real lists, and those kept here by a hash.

`verdicts/README.md` says how the days were judged. A hash says nothing to who does not have the list.
"""

from __future__ import annotations

import csv
import hashlib
from importlib.resources import files

import polars as pl

from squatwatch_ml.evaluation.data import RealLists
from squatwatch_ml.evaluation.matchers.rule import near_pairs
from squatwatch_ml.training.data.splits import evaluated_brands

SCHEMA = {"domain": pl.String, "brand": pl.String, "verdict": pl.String, "is_further": pl.Boolean}


def read_judgements(lists: RealLists, day: str, raised: pl.DataFrame) -> pl.DataFrame:
    """Return one row per judged pair of the day: domain, brand, verdict (squat, use or other), is_further.

    Further ones were judged because a matcher raised them; they are looked for among `raised` (domain, brand). The
    others are in the folder of real lists, or are known by a hash and looked for among the near pairs of the day.
    """
    verdicts = {(row["domain"], row["brand"]): (row["verdict"], False) for row in lists.verdict_rows(day)}
    if hashed := hashed_verdicts(day):
        near = near_pairs(lists.domains(day), judged_brands(lists, day))
        verdicts |= {pair: (hashed[key], False) for pair in near if (key := pair_hash(*pair)) in hashed}
    further = hashed_verdicts(f"{day}.further")
    for pair in raised.select("domain", "brand").iter_rows() if further else ():
        if pair not in verdicts and (key := pair_hash(*pair)) in further:
            verdicts[pair] = (further[key], True)
    return pl.DataFrame([(*pair, *verdict) for pair, verdict in verdicts.items()], schema=SCHEMA, orient="row")


def judged_brands(lists: RealLists, day: str) -> list[str]:
    """Return the brands whose names of that day were judged; none where it was not."""
    brands = {row["brand"] for row in lists.verdict_rows(day)}
    if not brands and hashed_verdicts(day):
        brands = {brand for brand, year in evaluated_brands().items() if year == day[:4]}
    return sorted(brands)


def hashed_verdicts(name: str) -> dict[str, str]:
    """Return the verdict for each hash of a pair, from a file of verdicts; empty where there is none of this name."""
    path = files("squatwatch_ml") / "evaluation" / "verdicts" / f"{name}.csv"
    if not path.is_file():
        return {}
    return {row["pair_sha256"]: row["verdict"] for row in csv.DictReader(path.read_text("utf-8").splitlines())}


def pair_hash(domain: str, brand: str) -> str:
    """Return the sha256 that stands for a pair in the files of verdicts."""
    return hashlib.sha256(f"{domain}|{brand}".encode()).hexdigest()
