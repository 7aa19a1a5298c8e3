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
from squatwatch_ml.training.splits import evaluated_brands

SCHEMA = {"domain": pl.String, "brand": pl.String, "verdict": pl.String, "is_further": pl.Boolean}


def read_judgements(lists: RealLists, day: str, raised: pl.DataFrame) -> pl.DataFrame:
    """One row per judged pair of the day: domain, brand, verdict (squat, use or other), is_further.

    Further ones were judged because a matcher raised them. They are looked for among the pairs that a matcher has
    something to say about (`raised`: domain, brand), the others kept by a hash among the near pairs of the day.
    """
    verdicts = {(row["domain"], row["brand"]): (row["verdict"], False) for row in lists.verdict_rows(day)}
    if hashed := hashed_verdicts(day):
        near = near_pairs(lists.domains(day), judged_brands(lists, day))
        verdicts |= {pair: (hashed[key], False) for pair in near if (key := pair_hash(*pair)) in hashed}
    further = hashed_verdicts(f"{day}.further")
    for pair in raised.select("domain", "brand").iter_rows() if further else ():
        if pair not in verdicts and (key := pair_hash(*pair)) in further:
            verdicts[pair] = (further[key], True)
    return pl.DataFrame([(*pair, *said) for pair, said in verdicts.items()], schema=SCHEMA, orient="row")


def judged_brands(lists: RealLists, day: str) -> list[str]:
    """The brands whose names of that day were judged; none where it was not."""
    brands = {row["brand"] for row in lists.verdict_rows(day)}
    if not brands and hashed_verdicts(day):
        brands = {brand for brand, year in evaluated_brands().items() if year == day[:4]}
    return sorted(brands)


def hashed_verdicts(name: str) -> dict[str, str]:
    """Hash of a pair to its verdict, from a file of verdicts; empty where there is none of this name."""
    path = files("squatwatch_ml") / "evaluation" / "verdicts" / f"{name}.csv"
    if not path.is_file():
        return {}
    return {row["pair_sha256"]: row["verdict"] for row in csv.DictReader(path.read_text("utf-8").splitlines())}


def pair_hash(domain: str, brand: str) -> str:
    return hashlib.sha256(f"{domain}|{brand}".encode()).hexdigest()
