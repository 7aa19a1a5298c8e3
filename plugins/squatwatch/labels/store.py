"""The store of labels: append-only, in the database.

A label belongs to a detection id (brand and domain), not to a run, so a re-run of the date keeps it. The latest label
of a detection counts; a label without a verdict takes the earlier ones back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from squatwatch.database.engine import BIG_KEY, PARAMETERS, alone, aware, engine_with, metadata, naive, named_errors
from squatwatch.database.place import has_database
from squatwatch.labels.label import LONGEST_NOTE, Label
from squatwatch.labels.verdicts import Verdict
from squatwatch.lake.tables import LABELS
from squatwatch.names.suffixes import LONGEST_NAME
from squatwatch.settings import Settings

TABLE = "squatwatch_labels"

labels_table = sa.Table(
    TABLE,
    metadata,
    sa.Column("label_id", BIG_KEY, primary_key=True, autoincrement=True),
    sa.Column("detection_id", sa.String(36), nullable=False, index=True),
    sa.Column("domain", sa.String(LONGEST_NAME), nullable=False),
    sa.Column("brand", sa.String(LONGEST_NAME), nullable=False),
    sa.Column("run_date", sa.Date),
    sa.Column("verdict", sa.String(20)),
    sa.Column("note", sa.String(LONGEST_NOTE), nullable=False),
    sa.Column("user_name", sa.String(250), nullable=False),
    sa.Column("labelled_at", sa.DateTime, nullable=False),  # UTC
    sa.Column("model_version", sa.String(100)),
    sa.Column("score", sa.Float),
    sa.Index(f"ix_{TABLE}_brand", "brand", "label_id"),  # the newest of a brand are found among a million
)


class OpenLabels:
    """The labels within one transaction."""

    def __init__(self, connection: sa.Connection):
        self._connection = connection

    def add(self, labels: Sequence[Label]) -> None:
        """Append the labels."""
        now = datetime.now(UTC)
        self._connection.execute(sa.insert(labels_table), [_row(label, now) for label in labels])

    def latest(self, detection_ids: Iterable[str] | None = None) -> dict[str, Label]:
        """Return `{detection_id: label}` of the newest label of each, those included that take something back."""
        newest = sa.select(sa.func.max(labels_table.c.label_id)).group_by(labels_table.c.detection_id)
        if detection_ids is None:
            queries = [newest]
        else:
            wanted = list(detection_ids)
            parts = [wanted[first : first + PARAMETERS] for first in range(0, len(wanted), PARAMETERS)]
            queries = [newest.where(labels_table.c.detection_id.in_(part)) for part in parts]
        batches = (self._labels(labels_table.c.label_id.in_(query)) for query in queries)
        return {label.detection_id: label for labels in batches for label in labels}

    def history(self, detection_id: str) -> list[Label]:
        """Return all labels of a detection, the first one first."""
        return self._labels(labels_table.c.detection_id == detection_id)

    def _labels(self, condition: sa.ColumnElement[bool]) -> list[Label]:
        query = sa.select(labels_table).where(condition).order_by(labels_table.c.label_id)
        rows = self._connection.execute(query).mappings().all()
        return [Label(**dict(row) | {"labelled_at": aware(row["labelled_at"])}) for row in rows]


class LabelStore:
    """The labels of one database, opened by `label_store`. Every method is one transaction.

    Raises SquatwatchError where the database cannot be read or written.
    """

    def __init__(self, engine: sa.Engine):
        self._engine = engine

    def add(self, labels: Sequence[Label]) -> None:
        """Append the labels, all of them or none."""
        with named_errors(self._engine), self._engine.begin() as connection:
            OpenLabels(connection).add(labels)

    @contextmanager
    def alone(self) -> Iterator[OpenLabels]:
        """Give the labels while nobody else can add any; what is added is kept unless the block raises."""
        with named_errors(self._engine), alone(self._engine, labels_table) as connection:
            yield OpenLabels(connection)

    def latest(self, detection_ids: Iterable[str] | None = None) -> dict[str, Label]:
        """Return `{detection_id: label}` of the newest label of each, those included that take something back."""
        with self._reading() as labels:
            return labels.latest(detection_ids)

    def current(self, detection_ids: Iterable[str] | None = None) -> dict[str, Label]:
        """Return `{detection_id: label}` of the label that counts, of these or of all detections."""
        return {id_: label for id_, label in self.latest(detection_ids).items() if label.verdict is not None}

    def history(self, detection_id: str) -> list[Label]:
        """Return all labels of a detection, the first one first."""
        with self._reading() as labels:
            return labels.history(detection_id)

    def table(self) -> pl.DataFrame:
        """Return all labels as the warehouse's table `labels`."""
        with named_errors(self._engine), self._engine.connect() as connection:
            rows = connection.execute(sa.select(labels_table).order_by(labels_table.c.label_id)).mappings().all()
        frame = pl.DataFrame(
            [dict(row) for row in rows], schema_overrides={"score": pl.Float64}, infer_schema_length=None
        )
        if frame.is_empty():
            return pl.DataFrame(schema=LABELS.schema)
        is_squat = {verdict.value: verdict.is_squat for verdict in Verdict}
        latest = pl.col("label_id") == pl.col("label_id").max().over("detection_id")
        return LABELS.conform(
            frame.with_columns(
                pl.col("labelled_at").dt.replace_time_zone("UTC"),
                is_squat=pl.col("verdict").replace_strict(is_squat, default=None, return_dtype=pl.Boolean),
                is_current=latest & pl.col("verdict").is_not_null(),
            )
        )

    @contextmanager
    def _reading(self) -> Iterator[OpenLabels]:
        with named_errors(self._engine), self._engine.connect() as connection:
            yield OpenLabels(connection)


def label_store(settings: Settings) -> LabelStore:
    """Return the labels of the database that is configured."""
    return LabelStore(engine_with(settings, labels_table))


def read_labels(settings: Settings) -> pl.DataFrame:
    """Return the table `labels`, empty where nobody has judged anything."""
    return label_store(settings).table() if has_database(settings) else pl.DataFrame(schema=LABELS.schema)


def _row(label: Label, now: datetime) -> dict[str, Any]:
    row = asdict(label)
    del row["label_id"]
    moment = naive(label.labelled_at or now)
    return row | {"verdict": label.verdict and label.verdict.value, "labelled_at": moment}
