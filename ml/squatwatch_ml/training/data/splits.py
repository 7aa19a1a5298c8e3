"""The days and brands to learn from, to calibrate on, to tune on and to report on: nothing is in two roles.

Days are named like the files of registration lists, without their ending. A day that is not named here has no role: a
file that is added to a folder must not change figures. Brands that are evaluated are in `brands.csv`, with the year
whose days were judged for them by eye; they are never learnt from. Half of them, by a hash of the name, are for tuning;
those judged in 2024 are all for reporting.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from squatwatch_ml.text.skeleton import joined_skeleton

Role = Literal["train", "calibrate", "words", "tune", "report"]

DAYS: dict[Role, tuple[str, ...]] = {
    "train": ("2020-05-03.whoisds", "2020-05-06.whoisds-a", "2020-05-06.whoisds-b"),
    "calibrate": ("2020-05-06.whoisds-c", "2020-05-08.whoisds-b"),
    "words": ("2023-06-25.opensquatfeed",),  # read for its words alone
    "tune": ("2020-05-08.whoisds-a",),
    "report": ("2020-05-12.whoisds", "newly-registered-domains-2024-06-13"),
}
FOLDS = 10  # parts of all brands, of which a ranker that is measured leaves out one
LONG_BRAND = 5  # letters: a shorter brand is part of too many names for its containers to be left out
ENDINGS = (".txt.gz", ".zip", ".txt", ".csv", ".gz")


def day_of(path: Path) -> str:
    """Return the name of a day: its file's, without the ending."""
    ending = next((ending for ending in ENDINGS if path.name.endswith(ending)), "")
    return path.name.removesuffix(ending)


def role_of_day(day: str) -> Role | None:
    """Return what a day is for; None for a day that is for nothing."""
    return next((role for role, days in DAYS.items() if day in days), None)


@cache
def evaluated_brands() -> dict[str, str]:
    """Return the brands that figures are given for, with the year of the days judged for them: "2020", "2024" or ""."""
    text = (files("squatwatch_ml") / "training" / "data" / "brands.csv").read_text("utf-8")
    return {row["brand"]: row["judged"] for row in csv.DictReader(text.splitlines())}


def role_of_brand(brand: str) -> Literal["tune", "report"]:
    """Return what a brand is for: half of all, by the first byte of the name's sha256, are for tuning."""
    if evaluated_brands().get(brand) == "2024":
        return "report"
    return "tune" if hashlib.sha256(brand.encode()).digest()[0] % 2 == 0 else "report"


def fold_of_brand(brand: str) -> int:
    """Return which of FOLDS parts of all brands a brand is in, by the second byte of the name's sha256.

    The ranker is measured on each part by one that was fitted on the nine others, so that a hundred brands more teach
    it and none is ranked by what was said of itself.
    """
    return hashlib.sha256(brand.encode()).digest()[1] % FOLDS


def may_learn_from(brand: str) -> bool:
    """Tell whether a brand neither looks like an evaluated one nor contains one of five letters (`googlecode`)."""
    target = joined_skeleton(brand)
    evaluated = _evaluated_skeletons()
    return target not in evaluated and not any(len(other) >= LONG_BRAND and other in target for other in evaluated)


def may_teach(brand: str) -> bool:
    """Tell whether labels of a brand may be learnt from: not where it is reported on."""
    return brand not in evaluated_brands() or role_of_brand(brand) == "tune"


def learnable(brands: Iterable[str]) -> list[str]:
    """Return those of the brands that may be learnt from, in their order."""
    return [brand for brand in brands if may_learn_from(brand)]


@cache
def _evaluated_skeletons() -> frozenset[str]:
    return frozenset(map(joined_skeleton, evaluated_brands()))
