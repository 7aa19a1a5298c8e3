"""Labelled names: files of verdicts and of known squats, which training learns from beside what it generates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from squatwatch_ml.text.csv_rows import rows
from squatwatch_ml.text.names import label_of
from squatwatch_ml.training.data.splits import may_teach

NAME_COLUMNS = ("domain", "squat_domain")  # a file with the second needs no verdicts: all its names are squats
SQUAT, WATCH = "squat", "watch"  # every other verdict means that the name is no squat; `watch` means undecided


class LabelledName(NamedTuple):
    """A name and whether it is a squat of the brand; `label` is Unicode, without its public suffix."""

    label: str
    brand: str
    is_squat: bool


class LabelledNames(NamedTuple):
    """Names from label files, sorted.

    `contradictions`: pairs labelled both ways and therefore left out; `kept_apart`: rows left out because figures are
    reported for their brand.
    """

    names: list[LabelledName]
    contradictions: int
    kept_apart: int


def read_labels(paths: Iterable[Path], *, every_brand: bool = False) -> LabelledNames:
    """Read CSV files (.gz too) with the columns brand, domain and verdict, or brand and squat_domain.

    Rows with the verdict `watch` are skipped. Both sides of a contradiction are left out, and so are the brands that
    figures are reported for, unless `every_brand` is true.

    Raises OSError where a file cannot be read, ValueError where a column is missing.
    """
    labelled = {row for path in paths for row in _rows(path)}
    taught = {row for row in labelled if every_brand or may_teach(row.brand)}
    consistent = sorted(row for row in taught if row._replace(is_squat=not row.is_squat) not in taught)
    return LabelledNames(consistent, (len(taught) - len(consistent)) // 2, len(labelled) - len(taught))


def squats(names: Sequence[LabelledName]) -> list[LabelledName]:
    """Return the names that are squats, in their order."""
    return [name for name in names if name.is_squat]


def _rows(path: Path) -> list[LabelledName]:
    table = rows(path, "brand")
    columns = table[0].keys() if table else NAME_COLUMNS
    name = next((column for column in NAME_COLUMNS if column in columns), None)
    if name is None or (table and name == "domain" and "verdict" not in columns):
        raise ValueError(f"{path} needs the columns brand, domain and verdict, or brand and squat_domain")
    return [
        LabelledName(label_of(row[name]), row["brand"].lower(), name != "domain" or row["verdict"] == SQUAT)
        for row in table
        if name != "domain" or row["verdict"] != WATCH
    ]
