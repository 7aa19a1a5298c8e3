"""Verdicts of readers on the names of real days: from the folder of real lists, and those kept here by a hash.

`verdicts/README.md` says how the days were judged. A hash says nothing to who does not have the list.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from importlib.resources import files

import polars as pl

from squatwatch_ml.evaluation.data import RealLists
from squatwatch_ml.evaluation.matchers.rule import near_pairs
from squatwatch_ml.evaluation.splits import evaluated_brands

SCHEMA = {"domain": pl.String, "brand": pl.String, "verdict": pl.String}


def read_judgements(lists: RealLists, day: str, further: pl.DataFrame) -> pl.DataFrame:
    """One row per judged pair of the day: domain, brand, verdict (squat, use or other).

    Pairs judged by a hash are looked for among the near pairs of the day, and among `further` ones (domain, brand).
    """
    verdicts = {(row["domain"], row["brand"]): row["verdict"] for row in lists.verdict_rows(day)}
    if hashed := hashed_verdicts(day):
        near = near_pairs(lists.domains(day), judged_brands(lists, day))
        for pair in [*near, *further.select("domain", "brand").iter_rows()]:
            if (verdict := hashed.get(pair_hash(*pair))) is not None:
                verdicts.setdefault(pair, verdict)
    return pl.DataFrame([(*pair, verdict) for pair, verdict in verdicts.items()], schema=SCHEMA, orient="row")


def judged_brands(lists: RealLists, day: str) -> list[str]:
    """The brands whose names of that day were judged; none where it was not."""
    brands = {row["brand"] for row in lists.verdict_rows(day)}
    if not brands and hashed_verdicts(day):
        brands = {brand for brand, year in evaluated_brands().items() if year == day[:4]}
    return sorted(brands)


def hashed_verdicts(day: str) -> dict[str, str]:
    """Hash of a pair to its verdict, of a day whose verdicts are kept here."""
    path = files("squatwatch_ml") / "evaluation" / "verdicts" / f"{day}.csv"
    if not path.is_file():
        return {}
    return {row["pair_sha256"]: row["verdict"] for row in csv.DictReader(path.read_text("utf-8").splitlines())}


def pair_hash(domain: str, brand: str) -> str:
    return hashlib.sha256(f"{domain}|{brand}".encode()).hexdigest()


def hash_rows(pairs: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Rows of a file of verdicts, by hash, from (domain, brand, verdict)."""
    return sorted((pair_hash(domain, brand), verdict) for domain, brand, verdict in pairs)
