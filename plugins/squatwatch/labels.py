"""What analysts said of names: a CSV file of verdicts, shown in the warehouse as `labels`."""

from __future__ import annotations

import polars as pl

from squatwatch.csvfile import Row, complaint, read_csv, shown
from squatwatch.registrable import NotADomain, a_labels
from squatwatch.settings import Settings
from squatwatch.tables import LABELS

COLUMNS = ("domain", "brand", "verdict")
VERDICTS = ("squat", "use", "other")  # the words of `squatwatch train --labels`
WHAT = "labels file"


def read_labels(settings: Settings) -> pl.DataFrame:
    """The table `labels`: of several rows about a domain and brand the last. Empty where no file is set.

    Raises SquatwatchError naming file, line and value of a row that is none.
    """
    path = settings.labels_file
    rows = read_csv(path, COLUMNS, WHAT) if path else []
    for row in rows:
        if row.values["verdict"].lower() not in VERDICTS:
            problem = f"the verdict {shown(row.values['verdict'])} is none of {', '.join(VERDICTS)}"
            raise complaint(path, WHAT, row.line_number, problem)
    labels = [(_domain(settings, row), row.values["brand"].lower(), row.values["verdict"].lower()) for row in rows]
    table = pl.DataFrame(labels, schema=LABELS.schema, orient="row")
    return table.unique(["domain", "brand"], keep="last").sort("domain", "brand")


def _domain(settings: Settings, row: Row) -> str:
    try:
        return a_labels(row.values["domain"])
    except NotADomain as problem:
        raise complaint(
            settings.labels_file, WHAT, row.line_number, f"{shown(row.values['domain'])} {problem}"
        ) from None
