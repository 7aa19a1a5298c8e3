"""What analysts say of detections: append-only, in the database.

A label belongs to a detection id (brand and domain), not to a run, so a re-run of the date keeps it. The latest label
of a detection counts; a label without a verdict takes the earlier ones back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

import polars as pl
import sqlalchemy as sa

from squatwatch.database import BIG_KEY, PARAMETERS, engine_with, has_database, metadata, named_errors
from squatwatch.errors import SquatwatchError
from squatwatch.lake.tables import LABELS
from squatwatch.settings import Settings

# what each verdict is called on the screen; what it says to training is in squatwatch_ml.training.data.labels
VERDICTS = {
    "squat": "Confirmed squat",
    "not_squat": "Not a squat",
    "watch": "Watch",
    "own": "Own or authorised",
}
LONGEST_NOTE = 2000
TABLE = "squatwatch_labels"

labels_table = sa.Table(
    TABLE,
    metadata,
    sa.Column("label_id", BIG_KEY, primary_key=True, autoincrement=True),
    sa.Column("detection_id", sa.String(36), nullable=False, index=True),
    sa.Column("domain", sa.String(253), nullable=False),
    sa.Column("brand", sa.String(253), nullable=False),
    sa.Column("run_date", sa.Date),
    sa.Column("verdict", sa.String(20)),
    sa.Column("note", sa.String(LONGEST_NOTE), nullable=False),
    sa.Column("user_name", sa.String(250), nullable=False),
    sa.Column("labelled_at", sa.DateTime, nullable=False),  # UTC
    sa.Column("model_version", sa.String(100)),
    sa.Column("score", sa.Float),
)


@dataclass(frozen=True)
class Label:
    """One judgement. `run_date`, `model_version` and `score` are of the detection as it was shown, if it was."""

    detection_id: str
    domain: str
    brand: str
    verdict: str | None
    user_name: str
    note: str = ""
    run_date: date | None = None
    model_version: str | None = None
    score: float | None = None
    labelled_at: datetime | None = None  # now, where it is added

    def __post_init__(self) -> None:
        if self.verdict is not None and self.verdict not in VERDICTS:
            raise SquatwatchError(f"the verdict {self.verdict!r} is none of {', '.join(VERDICTS)}")
        if len(self.note) > LONGEST_NOTE:
            raise SquatwatchError(f"a note has at most {LONGEST_NOTE:,} characters")


class LabelStore:
    """Opened by `label_store`. Every method is one transaction."""

    def __init__(self, engine: sa.Engine):
        self._engine = engine

    def add(self, labels: Sequence[Label]) -> None:
        """Appends all of them or none. Raises SquatwatchError where the database cannot be written."""
        now = datetime.now(UTC)
        rows = [asdict(label) | {"labelled_at": _naive(label.labelled_at or now)} for label in labels]
        with named_errors(self._engine), self._engine.begin() as connection:
            connection.execute(sa.insert(labels_table), rows)

    def current(self, detection_ids: Iterable[str] | None = None) -> dict[str, Label]:
        """By detection id the latest label, of these or all detections; those that were taken back are not there."""
        latest = self._latest(list(detection_ids) if detection_ids is not None else None)
        return {label.detection_id: label for label in latest if label.verdict is not None}

    def history(self, detection_id: str) -> list[Label]:
        """All labels of a detection, the first one first."""
        query = sa.select(labels_table).where(labels_table.c.detection_id == detection_id)
        return self._labels(query.order_by(labels_table.c.label_id))

    def table(self) -> pl.DataFrame:
        """All labels as the warehouse's table `labels`."""
        with named_errors(self._engine), self._engine.connect() as connection:
            rows = connection.execute(sa.select(labels_table).order_by(labels_table.c.label_id)).mappings().all()
        frame = pl.DataFrame(
            [dict(row) for row in rows], schema_overrides={"score": pl.Float64}, infer_schema_length=None
        )
        if frame.is_empty():
            return pl.DataFrame(schema=LABELS.schema)
        latest = pl.col("label_id") == pl.col("label_id").max().over("detection_id")
        return LABELS.conform(
            frame.with_columns(
                pl.col("labelled_at").dt.replace_time_zone("UTC"), is_current=latest & pl.col("verdict").is_not_null()
            )
        )

    def _latest(self, detection_ids: list[str] | None) -> Iterator[Label]:
        newest = sa.select(sa.func.max(labels_table.c.label_id)).group_by(labels_table.c.detection_id)
        if detection_ids is None:
            yield from self._labels(sa.select(labels_table).where(labels_table.c.label_id.in_(newest)))
            return
        for first in range(0, len(detection_ids), PARAMETERS):
            some = newest.where(labels_table.c.detection_id.in_(detection_ids[first : first + PARAMETERS]))
            yield from self._labels(sa.select(labels_table).where(labels_table.c.label_id.in_(some)))

    def _labels(self, query: sa.Select) -> list[Label]:
        with named_errors(self._engine), self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            Label(**{name: value for name, value in row.items() if name not in ("label_id", "labelled_at")},
                  labelled_at=row["labelled_at"].replace(tzinfo=UTC))
            for row in rows
        ]  # fmt: skip


def label_store(settings: Settings) -> LabelStore:
    """The labels of the database that is configured."""
    return LabelStore(engine_with(settings, labels_table))


def read_labels(settings: Settings) -> pl.DataFrame:
    """The table `labels`, empty where nobody has judged anything."""
    return label_store(settings).table() if has_database(settings) else pl.DataFrame(schema=LABELS.schema)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
