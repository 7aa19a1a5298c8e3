"""The outbox: what each sink was told, is to be told, and what came of it. One row per detection, sink and sequence.

A row is first `waiting`. It becomes `sent`; or `rejected`, where the receiver does not want this alert; or `failed`,
where the sink was down for too long. Nothing is ever removed. Rows that are to be sent together get the name of a
batch before the first attempt and keep it, so that a process that is killed after sending is followed by one that
sends the very same batch again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

import polars as pl
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from squatwatch.alerts.alert import Alert, alert_of
from squatwatch.database import BIG_KEY, PARAMETERS, engine_with, has_database, metadata, named_errors
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


class Told(NamedTuple):
    """The last that a sink was told of a detection, or is about to be told, or did not take."""

    id: int
    detection_id: str
    domain: str
    action: str
    sequence: int
    queued_at: datetime


class Waiting(NamedTuple):
    """A row that is to be sent."""

    id: int
    alert: Alert


@dataclass(frozen=True)
class Batch:
    """Rows that are sent together, in the order in which they were queued."""

    name: str
    rows: Sequence[Waiting]


class Outbox:
    """Opened by `outbox`. Every method is one transaction."""

    def __init__(self, engine: sa.Engine):
        self._engine = engine

    def queue(self, alerts: Iterable[tuple[str, Alert]]) -> int:
        """Adds alerts of sinks, all or none, but those that another process has queued. Gives how many are new."""
        now = naive(datetime.now(UTC))
        rows = [_row(sink, alert, now) for sink, alert in alerts]
        insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[self._engine.dialect.name](alerts_table)
        added = insert.on_conflict_do_nothing().returning(t.id)
        with named_errors(self._engine), self._engine.begin() as connection:
            return sum(len(connection.execute(added, some).all()) for some in _pieces(rows))

    def ever_told(self, sink: str) -> set[str]:
        """Detections that the sink was told of, or is about to be, whatever came of it."""
        return set(self._scalars(sa.select(t.detection_id).where(t.sink == sink).distinct()))

    def last_told(self, sink: str) -> list[Told]:
        """The last word on each detection that the sink has heard of, or is about to.

        A word that it rejected counts, or it would be said for ever; a detection of which it got nothing does not.
        """
        reaches_it = sa.case((t.state.in_(("waiting", "sent")), 1), else_=0)
        newest = sa.func.max(t.sequence).over(partition_by=t.detection_id).label("newest")
        is_known = sa.func.max(reaches_it).over(partition_by=t.detection_id).label("is_known")
        inner = sa.select(*(t[name] for name in Told._fields), newest, is_known).where(t.sink == sink).subquery().c
        query = sa.select(*(inner[name] for name in Told._fields))
        query = query.where(inner.sequence == inner.newest, inner.is_known == 1).order_by(inner.id)
        return [
            Told(**dict(row) | {"queued_at": row["queued_at"].replace(tzinfo=UTC)}) for row in self._mappings(query)
        ]

    def alerts(self, ids: Sequence[int]) -> dict[int, Alert]:
        rows = [row for some in _pieces(ids) for row in self._mappings(sa.select(t.id, t.alert).where(t.id.in_(some)))]
        return {row["id"]: alert_of(row["alert"]) for row in rows}

    def waiting(self, sink: str) -> list[Alert]:
        query = sa.select(t.alert).where(t.sink == sink, t.state == "waiting").order_by(t.id)
        return [alert_of(text) for text in self._scalars(query)]

    def next_batch(self, sink: str, size: int) -> Batch | None:
        """The rows that are to be sent next, under a name that is kept before anything is sent; None where none waits.

        For the one process that holds the sink (`holds.py`).
        """
        waiting = sa.select(t.id, t.batch, t.alert).where(t.sink == sink, t.state == "waiting").order_by(t.id)
        with named_errors(self._engine), self._engine.begin() as connection:
            first = connection.execute(waiting.limit(1)).mappings().first()
            if first is None:
                return None
            name = first["batch"] or f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:12]}"
            same = waiting.where(t.batch == first["batch"]) if first["batch"] else waiting.where(t.batch.is_(None))
            rows = connection.execute(same if first["batch"] else same.limit(size)).mappings().all()
            _update(connection, [row["id"] for row in rows], batch=name)
            return Batch(name, [Waiting(row["id"], alert_of(row["alert"])) for row in rows])

    def attempt(self, rows: Sequence[Waiting]) -> None:
        self._change(rows, attempts=t.attempts + 1)

    def sent(self, rows: Sequence[Waiting], status_code: int | None, hashes: Mapping[int, str]) -> None:
        """`hashes` are of the documents that were sent, by row."""
        values = {"state": "sent", "sent_at": naive(datetime.now(UTC)), "status_code": status_code, "problem": None}
        one = sa.update(alerts_table).where(t.id == sa.bindparam("row_id"))
        with named_errors(self._engine), self._engine.begin() as connection:
            _update(connection, [row.id for row in rows], **values)
            connection.execute(
                one.values(payload_sha256=sa.bindparam("sha256")),
                [{"row_id": row.id, "sha256": hashes[row.id]} for row in rows],
            )

    def rejected(self, rows: Sequence[Waiting], status_code: int | None, problem: str) -> None:
        self._change(rows, state="rejected", status_code=status_code, problem=problem[:LONGEST_PROBLEM])

    def kept(self, rows: Sequence[Waiting], status_code: int | None, problem: str) -> None:
        """Those of them that were not sent wait on."""
        with named_errors(self._engine), self._engine.begin() as connection:
            for some in _pieces([row.id for row in rows]):
                waiting = sa.update(alerts_table).where(t.id.in_(some), t.state == "waiting")
                connection.execute(waiting.values(status_code=status_code, problem=problem[:LONGEST_PROBLEM]))

    def give_up(self, sink: str, queued_before: datetime) -> int:
        """What has waited since before that moment becomes failed."""
        old = sa.and_(t.sink == sink, t.state == "waiting", t.queued_at < naive(queued_before))
        with named_errors(self._engine), self._engine.begin() as connection:
            return connection.execute(sa.update(alerts_table).where(old).values(state="failed")).rowcount

    def retry(self, sink: str) -> int:
        """What failed or was rejected waits again, but for what a later alert of the detection has overtaken."""
        later = alerts_table.alias()
        overtaken = sa.exists().where(
            later.c.detection_id == t.detection_id,
            later.c.sink == t.sink,
            later.c.sequence > t.sequence,
            later.c.state == "sent",
        )
        wanted = sa.and_(t.sink == sink, t.state.in_(("failed", "rejected")), ~overtaken)
        values = {"state": "waiting", "batch": None, "queued_at": naive(datetime.now(UTC)), "problem": None}
        with named_errors(self._engine), self._engine.begin() as connection:
            return connection.execute(sa.update(alerts_table).where(wanted).values(**values)).rowcount

    def counts(self) -> dict[str, dict[str, int]]:
        """By sink, by state, how many."""
        query = sa.select(t.sink, t.state, sa.func.count().label("count")).group_by(t.sink, t.state)
        found: dict[str, dict[str, int]] = {}
        for row in self._mappings(query):
            found.setdefault(row["sink"], dict.fromkeys(STATES, 0))[row["state"]] = row["count"]
        return found

    def table(self) -> pl.DataFrame:
        """All rows as the warehouse's table `alerts`."""
        rows = [
            dict(row) | {"alert_id": (alert := alert_of(row["alert"])).alert_id, "cause": alert.cause}
            for row in self._mappings(sa.select(alerts_table).order_by(t.id))
        ]
        if not rows:
            return pl.DataFrame(schema=ALERTS.schema)
        frame = pl.DataFrame(rows, infer_schema_length=None)
        times = [pl.col(name).cast(pl.Datetime("us")).dt.replace_time_zone("UTC") for name in ("queued_at", "sent_at")]
        return ALERTS.conform(frame.with_columns(times))

    def _change(self, rows: Sequence[Waiting], **values: Any) -> None:
        with named_errors(self._engine), self._engine.begin() as connection:
            _update(connection, [row.id for row in rows], **values)

    def _mappings(self, query: sa.Select) -> Sequence[sa.RowMapping]:
        with named_errors(self._engine), self._engine.connect() as connection:
            return connection.execute(query).mappings().all()

    def _scalars(self, query: sa.Select) -> Sequence[Any]:
        with named_errors(self._engine), self._engine.connect() as connection:
            return connection.scalars(query).all()


def outbox(settings: Settings) -> Outbox:
    """The outbox of the database that is configured."""
    return Outbox(engine_with(settings, alerts_table))


def read_alerts(settings: Settings) -> pl.DataFrame:
    """The table `alerts`, empty where nothing was ever queued."""
    return outbox(settings).table() if has_database(settings) else pl.DataFrame(schema=ALERTS.schema)


def naive(moment: datetime) -> datetime:
    """UTC without saying so, as the database keeps times."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _row(sink: str, alert: Alert, now: datetime) -> dict[str, Any]:
    own = {name: getattr(alert, name) for name in ("detection_id", "sequence", "action", "domain", "brand", "run_date")}
    return own | {"sink": sink, "alert": alert.as_json(), "state": "waiting", "attempts": 0, "queued_at": now}


def _update(connection: sa.Connection, ids: Collection[int], **values: Any) -> None:
    for some in _pieces(list(ids)):
        connection.execute(sa.update(alerts_table).where(t.id.in_(some)).values(**values))


def _pieces(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[first : first + PARAMETERS] for first in range(0, len(values), PARAMETERS))
