"""Leases of sinks, and how each sink fared last. One row a sink in the database.

One process at a time sends to a sink: it takes a lease, which ends by itself, and renews it before each request. So a
process that is killed holds a sink up for ten minutes at most. A sink that does not answer is left alone, longer each
time, or for as long as it asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

import sqlalchemy as sa

from squatwatch.alerts.outbox import LONGEST_PROBLEM
from squatwatch.database.engine import aware, engine_with, metadata, naive, named_errors
from squatwatch.settings import Settings

LEASE = timedelta(minutes=10)  # more than the longest request takes
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)

sinks_table = sa.Table(
    "squatwatch_alert_sinks",
    metadata,
    sa.Column("sink", sa.String(50), primary_key=True),
    sa.Column("owner", sa.String(32)),
    sa.Column("held_until", sa.DateTime),  # UTC, as all times here
    sa.Column("next_attempt_at", sa.DateTime),
    sa.Column("failures", sa.Integer, nullable=False),  # in a row
    sa.Column("problem", sa.String(LONGEST_PROBLEM)),
)
t = sinks_table.c


class LostLease(Exception):
    """Another process has taken the sink over: this one was silent for too long."""


class DeliveryState(NamedTuple):
    """State of the delivery to a sink; `next_attempt_at=None` means send now. `failures` are those in a row."""

    next_attempt_at: datetime | None = None
    failures: int = 0
    problem: str | None = None


class SinkLeases:
    """Leases of sinks and their delivery states, opened by `sink_leases`. Every method is one transaction."""

    def __init__(self, engine: sa.Engine):
        self._engine = engine

    @contextmanager
    def lease(self, sink: str) -> Iterator[str | None]:
        """Lease the sink for the block and yield the holder's name; None where another process has the lease."""
        owner = uuid4().hex
        is_taken = self._take(sink, owner)
        try:
            yield owner if is_taken else None
        finally:
            if is_taken:
                self._write(sa.and_(t.sink == sink, t.owner == owner), owner=None, held_until=None)

    def renew(self, sink: str, owner: str) -> None:
        """Let the lease begin anew. Raises LostLease where another process has it."""
        if not self._write(sa.and_(t.sink == sink, t.owner == owner), held_until=naive(_now() + LEASE)):
            raise LostLease

    def state(self, sink: str) -> DeliveryState:
        """Return the delivery state of the sink, the initial one where nothing was ever sent to it."""
        query = sa.select(t.next_attempt_at, t.failures, t.problem).where(t.sink == sink)
        with named_errors(self._engine), self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return DeliveryState()
        next_attempt_at = aware(row.next_attempt_at) if row.next_attempt_at else None
        return DeliveryState(next_attempt_at, row.failures, row.problem)

    def record_success(self, sink: str) -> None:
        """Write down that the sink took everything: it may be sent to at once."""
        self._write(t.sink == sink, next_attempt_at=None, failures=0, problem=None)

    def record_failure(
        self, sink: str, problem: str, after: timedelta | None = None, *, wait: bool = True
    ) -> DeliveryState:
        """Write down one more failure and return the state.

        With `wait` the sink is left alone for `after`, at least twice as long as the last time, up to an hour.
        """
        before, now = self.state(sink), _now()
        pause = max(after or timedelta(), min(FIRST_WAIT * 2 ** min(before.failures, 20), LONGEST_WAIT))
        state = DeliveryState(
            next_attempt_at=now + pause if wait else None,
            failures=before.failures + 1,
            problem=problem[:LONGEST_PROBLEM],
        )
        next_attempt_at = naive(state.next_attempt_at) if state.next_attempt_at else None
        self._write(t.sink == sink, **state._asdict() | {"next_attempt_at": next_attempt_at})
        return state

    def _take(self, sink: str, owner: str) -> bool:
        now = _now()
        with named_errors(self._engine):
            try:
                with self._engine.begin() as connection:
                    connection.execute(sa.insert(sinks_table), {"sink": sink, "failures": 0})
            except sa.exc.IntegrityError:  # it is there already
                pass
        free = sa.or_(t.owner.is_(None), t.held_until < naive(now))
        return self._write(sa.and_(t.sink == sink, free), owner=owner, held_until=naive(now + LEASE))

    def _write(self, which: sa.ColumnElement[bool], **values: object) -> bool:
        """Change the rows and return whether there was exactly one."""
        with named_errors(self._engine), self._engine.begin() as connection:
            return connection.execute(sa.update(sinks_table).where(which).values(**values)).rowcount == 1


def sink_leases(settings: Settings) -> SinkLeases:
    """Return the leases in the database that is configured. Raises SquatwatchError where it cannot be written."""
    return SinkLeases(engine_with(settings, sinks_table))


def _now() -> datetime:
    return datetime.now(UTC)
