"""The names that analysts had judged before a date: what its ranking may know.

A label counts from the date after the one on which its name was shown. One that came from a file was shown on no date,
and counts from the date after the day on which it was stored. So no label of a date says anything of that date or of
one before it, in whatever order dates are loaded, judged and ranked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import polars as pl
import sqlalchemy as sa

from squatwatch.database.engine import engine_with, named_errors
from squatwatch.labels.store import labels_table
from squatwatch.labels.verdicts import Verdict
from squatwatch.settings import Settings

MOST_LABELS = 2000  # of a brand, the newest; more of them say nothing new and cost time
DECIDED = {verdict.value: verdict.is_squat for verdict in Verdict if verdict.is_squat is not None}
READ = pl.Schema({"detection_id": pl.String, "domain": pl.String, "brand": pl.String, "verdict": pl.String})


def judged_before(settings: Settings, run_date: date, brands: Sequence[str], most: int = MOST_LABELS) -> pl.DataFrame:
    """Return a row for each decided name of the brands: domain, brand, is_squat; of each brand by `most` labels.

    Of a name that was judged several times the newest of the labels that count for the date does. Raises
    DatabaseTrouble.
    """
    engine = engine_with(settings, labels_table)
    with named_errors(engine), engine.connect() as connection:
        query = _newest_of_brand(run_date, most)
        labels = [tuple(row) for brand in brands for row in connection.execute(query, {"of_brand": brand})]
    newest_first = pl.DataFrame(labels, schema=READ, orient="row")
    of_names = newest_first.unique("detection_id", keep="first").filter(pl.col("verdict").is_in(list(DECIDED)))
    is_squat = pl.col("verdict").replace_strict(DECIDED, return_dtype=pl.Boolean)
    return of_names.select("domain", "brand", is_squat=is_squat).sort("brand", "domain")


def _newest_of_brand(run_date: date, most: int) -> sa.Select[Any]:
    """Return the query of the newest labels of the parameter `of_brand` that count for the date, newest first."""
    label = labels_table.c
    from_a_file_before = label.run_date.is_(None) & (label.labelled_at < datetime.combine(run_date, time()))
    return (
        sa.select(*(label[name] for name in READ))
        .where(label.brand == sa.bindparam("of_brand"), (label.run_date < run_date) | from_a_file_before)
        .order_by(label.label_id.desc())
        .limit(most)
    )
