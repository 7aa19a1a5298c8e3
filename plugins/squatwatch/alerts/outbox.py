"""The outbox: what each sink was sent or is to be sent, and what came of it. One row per detection, sink and sequence.

A row is first `waiting`. It becomes `sent`; or `rejected`, where the receiver does not take this alert; or `failed`,
where the sink was down for too long. Nothing is ever removed. Rows that are to be sent together get the name of a
batch before the first attempt and keep it, so that a process that is killed after sending is followed by one that
sends the very same batch again. Rows of a wave that are told as one share what becomes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

import polars as pl
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from squatwatch.alerts.alert import Alert, alert_of
from squatwatch.alerts.waves import MOST_NAMES, in_waves
from squatwatch.database.engine import BIG_KEY, PARAMETERS, aware, engine_with, metadata, naive, named_errors, rows_of
from squatwatch.database.place import has_database
from squatwatch.lake.tables import ALERTS
from squatwatch.settings import Settings

STATES = ("waiting", "sent", "rejected", "failed")
LONGEST_PROBLEM = 300

alerts_table = sa.Table(
    "squatwatch_alerts",
    metadata,
    sa.Column("id", BIG_KEY, primary_key=True, autoincrement=True),
    sa.Column("detection_id", sa.String(36), nullable=False),
    sa.Column("sink", sa.String(50), nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("action", sa.String(10), nullable=False),
    sa.Column("domain", sa.String(253), nullable=False),
    sa.Column("brand", sa.String(253), nullable=False),
    sa.Column("run_date", sa.Date, nullable=False),
    sa.Column("alert", sa.Text, nullable=False),  # as `Alert.as_json` wrote it
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("batch", sa.String(50)),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("queued_at", sa.DateTime, nullable=False),  # UTC, as all times here
    sa.Column("sent_at", sa.DateTime),
    sa.Column("status_code", sa.Integer),
    sa.Column("problem", sa.String(LONGEST_PROBLEM)),
    sa.Column("payload_sha256", sa.String(64)),
    sa.UniqueConstraint("detection_id", "sink", "sequence"),
    sa.Index("squatwatch_alerts_state", "sink", "state", "id"),
)
t = alerts_table.c
Row = TypeVar("Row")

# by database; what both have in common lacks `on_conflict_do_nothing`
INSERT: Mapping[str, Callable[[sa.Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


class LastAlert(NamedTuple):
    """The newest outbox row of a detection and a sink, in whatever state."""

    id: int
    detection_id: str
    domain: str
    action: str
    sequence: int
    queued_at: datetime


class OutboxRow(NamedTuple):
    """An outbox row that is to be sent."""

    id: int
    alert: Alert


@dataclass(frozen=True)
class Batch:
    """Rows that are sent together, in the order in which they were queued."""

    name: str
    rows: Sequence[OutboxRow]


class Outbox:
    """The alerts of all sinks, opened by `outbox`. Every method is one transaction."""

    def __init__(self, engine: sa.Engine):
        self._engine = engine

    def queue(self, alerts: Iterable[tuple[str, Alert]]) -> int:
        """Add pairs of sink and alert, all or none, and return how many are new; others are queued already."""
        now = naive(datetime.now(UTC))
        rows = [_row(sink, alert, now) for sink, alert in alerts]
        insert = INSERT[self._engine.dialect.name](alerts_table)
        added = insert.on_conflict_do_nothing().returning(t.id)
        with named_errors(self._engine), self._engine.begin() as connection:
            return sum(len(connection.execute(added, piece).all()) for piece in _pieces(rows))

    def known_detections(self, sink: str) -> set[str]:
        """Return the ids of the detections that were ever queued for the sink, whatever came of it."""
        return set(self._scalars(sa.select(t.detection_id).where(t.sink == sink).distinct()))

    def last_alerts(self, sink: str) -> list[LastAlert]:
        """Return the newest alert of each detection of which the sink was sent something, or is about to be.

        An alert that it rejected counts, or it would be queued for ever; a detection of which it got nothing does not.
        """
        reaches_it = sa.case((t.state.in_(("waiting", "sent")), 1), else_=0)
        newest = sa.func.max(t.sequence).over(partition_by=t.detection_id).label("newest")
        is_known = sa.func.max(reaches_it).over(partition_by=t.detection_id).label("is_known")
        inner = sa.select(*(t[name] for name in LastAlert._fields), newest, is_known).where(t.sink == sink).subquery().c
        query = sa.select(*(inner[name] for name in LastAlert._fields))
        query = query.where(inner.sequence == inner.newest, inner.is_known == 1).order_by(inner.id)
        rows = rows_of(self._engine, query)
        return [LastAlert(**dict(row) | {"queued_at": aware(row["queued_at"])}) for row in rows]

    def alerts(self, ids: Sequence[int]) -> dict[int, Alert]:
        """Return `{row id: alert}`."""
        rows = [
            row
            for piece in _pieces(ids)
            for row in rows_of(self._engine, sa.select(t.id, t.alert).where(t.id.in_(piece)))
        ]
        return {row["id"]: alert_of(row["alert"]) for row in rows}

    def waiting(self, sink: str) -> list[Alert]:
        """Return the alerts that wait for the sink, in the order in which they were queued."""
        query = sa.select(t.alert).where(t.sink == sink, t.state == "waiting").order_by(t.id)
        return [alert_of(text) for text in self._scalars(query)]

    def next_batch(self, sink: str, size: int, is_in_waves: bool = False) -> Batch | None:
        """Return the rows to send next, at most `size`, under a name that is stored first; None where none waits.

        Where they are told in waves it is `size` of those, and none is cut. Only the holder of the sink's lease may
        call it.
        """
        waiting = sa.select(t.id, t.batch, t.alert).where(t.sink == sink, t.state == "waiting").order_by(t.id)
        with named_errors(self._engine), self._engine.begin() as connection:
            first = connection.execute(waiting.limit(1)).mappings().first()
            if first is None:
                return None
            name = first["batch"] or f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:12]}"
            same = waiting.where(t.batch == first["batch"]) if first["batch"] else waiting.where(t.batch.is_(None))
            most = size + MOST_NAMES if is_in_waves else size
            found = connection.execute(same if first["batch"] else same.limit(most)).mappings().all()
            rows = [OutboxRow(row["id"], alert_of(row["alert"])) for row in found]
            if is_in_waves and not first["batch"]:
                rows = _whole_waves(rows, size, len(rows) < most)
            _update(connection, [row.id for row in rows], batch=name)
            return Batch(name, rows)

    def count_attempt(self, rows: Sequence[OutboxRow]) -> None:
        """Add one to the attempts of the rows."""
        self._change(rows, attempts=t.attempts + 1)

    def mark_sent(self, rows: Sequence[OutboxRow], status_code: int | None, hashes: Mapping[int, str]) -> None:
        """Mark the rows as sent; `hashes` is `{row id: SHA-256 of its document}`."""
        values = {"state": "sent", "sent_at": naive(datetime.now(UTC)), "status_code": status_code, "problem": None}
        one = sa.update(alerts_table).where(t.id == sa.bindparam("row_id"))
        with named_errors(self._engine), self._engine.begin() as connection:
            _update(connection, [row.id for row in rows], **values)
            connection.execute(
                one.values(payload_sha256=sa.bindparam("sha256")),
                [{"row_id": row.id, "sha256": hashes[row.id]} for row in rows],
            )

    def mark_rejected(self, rows: Sequence[OutboxRow], status_code: int | None, problem: str) -> None:
        """Mark the rows as rejected by the receiver, and why."""
        self._change(rows, state="rejected", status_code=status_code, problem=problem[:LONGEST_PROBLEM])

    def keep_waiting(self, rows: Sequence[OutboxRow], status_code: int | None, problem: str) -> None:
        """Write down why those of the rows that were not sent still wait."""
        with named_errors(self._engine), self._engine.begin() as connection:
            for piece in _pieces([row.id for row in rows]):
                waiting = sa.update(alerts_table).where(t.id.in_(piece), t.state == "waiting")
                connection.execute(waiting.values(status_code=status_code, problem=problem[:LONGEST_PROBLEM]))

    def give_up(self, sink: str, queued_before: datetime) -> int:
        """Mark as failed what was queued before the moment and still waits; return how many."""
        old = sa.and_(t.sink == sink, t.state == "waiting", t.queued_at < naive(queued_before))
        with named_errors(self._engine), self._engine.begin() as connection:
            return connection.execute(sa.update(alerts_table).where(old).values(state="failed")).rowcount

    def retry(self, sink: str) -> int:
        """Let what failed or was rejected wait again and return how many; not what a later alert has overtaken."""
        later = alerts_table.alias()
        overtaken = sa.exists().where(
            later.c.detection_id == t.detection_id,
            later.c.sink == t.sink,
            later.c.sequence > t.sequence,
            later.c.state == "sent",
        )
        to_retry = sa.and_(t.sink == sink, t.state.in_(("failed", "rejected")), ~overtaken)
        values = {"state": "waiting", "batch": None, "queued_at": naive(datetime.now(UTC)), "problem": None}
        with named_errors(self._engine), self._engine.begin() as connection:
            return connection.execute(sa.update(alerts_table).where(to_retry).values(**values)).rowcount

    def counts(self) -> dict[str, dict[str, int]]:
        """Return `{sink: {state: how many}}`."""
        query = sa.select(t.sink, t.state, sa.func.count().label("count")).group_by(t.sink, t.state)
        counts: dict[str, dict[str, int]] = {}
        for row in rows_of(self._engine, query):
            counts.setdefault(row["sink"], dict.fromkeys(STATES, 0))[row["state"]] = row["count"]
        return counts

    def table(self) -> pl.DataFrame:
        """Return all rows as the warehouse's table `alerts`."""
        rows = [
            dict(row) | {"alert_id": (alert := alert_of(row["alert"])).alert_id, "cause": alert.cause}
            for row in rows_of(self._engine, sa.select(alerts_table).order_by(t.id))
        ]
        if not rows:
            return pl.DataFrame(schema=ALERTS.schema)
        of_one_document = pl.col("alert_id").first().over("sink", "payload_sha256")
        frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
            alert_id=pl.when(pl.col("payload_sha256").is_null()).then("alert_id").otherwise(of_one_document)
        )
        times = [pl.col(name).cast(pl.Datetime("us")).dt.replace_time_zone("UTC") for name in ("queued_at", "sent_at")]
        return ALERTS.conform(frame.with_columns(times))

    def _change(self, rows: Sequence[OutboxRow], **values: Any) -> None:
        with named_errors(self._engine), self._engine.begin() as connection:
            _update(connection, [row.id for row in rows], **values)

    def _scalars(self, query: sa.Select[Any]) -> Sequence[Any]:
        with named_errors(self._engine), self._engine.connect() as connection:
            return connection.scalars(query).all()


def outbox(settings: Settings) -> Outbox:
    """Return the outbox in the database that is configured. Raises SquatwatchError where it cannot be written."""
    return Outbox(engine_with(settings, alerts_table))


def read_alerts(settings: Settings) -> pl.DataFrame:
    """Return the warehouse's table `alerts`, empty where nothing was ever queued."""
    return outbox(settings).table() if has_database(settings) else pl.DataFrame(schema=ALERTS.schema)


def _whole_waves(rows: Sequence[OutboxRow], size: int, are_all: bool) -> list[OutboxRow]:
    """Return the rows of the first `size` waves. Unless the rows are all that wait, the last wave may go on."""
    waves = in_waves(rows, lambda row: row.alert)
    whole = waves if are_all else waves[:-1]
    return [row for wave in whole[:size] for row in wave]


def _row(sink: str, alert: Alert, now: datetime) -> dict[str, Any]:
    return {
        "detection_id": alert.detection_id,
        "sink": sink,
        "sequence": alert.sequence,
        "action": alert.action,
        "domain": alert.domain,
        "brand": alert.brand,
        "run_date": alert.run_date,
        "alert": alert.as_json(),
        "state": "waiting",
        "attempts": 0,
        "queued_at": now,
    }


def _update(connection: sa.Connection, ids: Collection[int], **values: Any) -> None:
    for piece in _pieces(list(ids)):
        connection.execute(sa.update(alerts_table).where(t.id.in_(piece)).values(**values))


def _pieces(values: Sequence[Row]) -> Iterable[Sequence[Row]]:
    """Yield the values in pieces as large as a statement may have parameters."""
    return (values[first : first + PARAMETERS] for first in range(0, len(values), PARAMETERS))
