"""What people said of names: files of verdicts that training learns from beside what it generates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from squatwatch_ml.text.csv_rows import rows
from squatwatch_ml.text.names import label_of
from squatwatch_ml.training.splits import may_teach

NAMES = ("domain", "squat_domain")  # the column of the name; squats are what the second says by itself
SQUAT, WATCH = "squat", "watch"  # of other verdicts each says that the name is none; watch says nothing yet


class Label(NamedTuple):
    """`label`: the name without its public suffix, in Unicode."""

    label: str
    brand: str
    is_squat: bool


class Labels(NamedTuple):
    """`labels` by alphabet; `contradictions`: pairs said to be both, left out; `kept_apart`: of evaluated brands."""

    labels: list[Label]
    contradictions: int
    kept_apart: int


def read_labels(paths: Iterable[Path], *, every_brand: bool = False) -> Labels:
    """Reads CSV files (.gz too) with columns brand, domain and verdict, or brand and squat_domain.

    A verdict other than `squat` says that the name is none, but `watch` says nothing. Labels of brands that figures are
    reported for are left out, unless `every_brand` is to teach, and so are both sides of a contradiction. Raises
    OSError, and ValueError where a column is missing.
    """
    said = {row for path in paths for row in _rows(path)}
    taught = {row for row in said if every_brand or may_teach(row.brand)}
    kept = sorted(row for row in taught if row._replace(is_squat=not row.is_squat) not in taught)
    return Labels(kept, (len(taught) - len(kept)) // 2, len(said) - len(taught))


def squats(labels: Sequence[Label]) -> list[Label]:
    return [label for label in labels if label.is_squat]


def _rows(path: Path) -> list[Label]:
    found = rows(path, "brand")
    columns = found[0].keys() if found else NAMES
    name = next((column for column in NAMES if column in columns), None)
    if name is None or (found and name == "domain" and "verdict" not in columns):
        raise ValueError(f"{path} needs the columns brand, domain and verdict, or brand and squat_domain")
    return [
        Label(label_of(row[name]), row["brand"].lower(), name != "domain" or row["verdict"] == SQUAT)
        for row in found
        if name != "domain" or row["verdict"] != WATCH
    ]
