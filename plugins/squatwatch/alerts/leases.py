"""Who is sending to a sink, and until when the sink is left alone. One row per sink in the database.

One process at a time sends to a sink. It holds the sink for a while and says so again before each request; one that was
killed lets go when the time is up. A sink that does not answer is left alone, longer each time, or as long as it asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

import sqlalchemy as sa

from squatwatch.alerts.outbox import LONGEST_PROBLEM, naive
from squatwatch.database import engine_with, metadata, named_errors
from squatwatch.settings import Settings

HELD_FOR = timedelta(minutes=10)  # more than the longest request takes
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


class LostHold(Exception):
    """Another process has taken the sink over: this one was silent for too long."""


class Condition(NamedTuple):
    """Of a sink. `next_attempt_at` None: at once."""

    next_attempt_at: datetime | None = None
    failures: int = 0
    problem: str | None = None


class Holds:
    """Opened by `holds`. Every method is one transaction."""

    def __init__(self, engine: sa.Engine):
        self._engine = engine

    @contextmanager
    def held(self, sink: str) -> Iterator[str | None]:
        """Holds the sink for the block and gives the owner's name; None where another process has it."""
        owner = uuid4().hex
        taken = self._take(sink, owner)
        try:
            yield owner if taken else None
        finally:
            if taken:
                self._write(sa.and_(t.sink == sink, t.owner == owner), owner=None, held_until=None)

    def hold_on(self, sink: str, owner: str) -> None:
        """Raises LostHold where the sink is no longer held."""
        if not self._write(sa.and_(t.sink == sink, t.owner == owner), held_until=naive(_now() + HELD_FOR)):
            raise LostHold

    def condition(self, sink: str) -> Condition:
        query = sa.select(*(t[name] for name in Condition._fields)).where(t.sink == sink)
        with named_errors(self._engine), self._engine.connect() as connection:
            row = connection.execute(query).first()
        return Condition(*(each.replace(tzinfo=UTC) if isinstance(each, datetime) else each for each in row or ()))

    def well(self, sink: str) -> None:
        self._write(t.sink == sink, next_attempt_at=None, failures=0, problem=None)

    def unwell(self, sink: str, problem: str, after: timedelta | None = None, *, wait: bool = True) -> Condition:
        """One more failure. The sink is left alone for as long as it asks, else twice as long as the last time."""
        before, now = self.condition(sink), _now()
        pause = max(after or timedelta(), min(FIRST_WAIT * 2 ** min(before.failures, 20), LONGEST_WAIT))
        condition = Condition(
            next_attempt_at=now + pause if wait else None,
            failures=before.failures + 1,
            problem=problem[:LONGEST_PROBLEM],
        )
        values = {name: naive(v) if isinstance(v, datetime) else v for name, v in condition._asdict().items()}
        self._write(t.sink == sink, **values)
        return condition

    def _take(self, sink: str, owner: str) -> bool:
        now = _now()
        with named_errors(self._engine):
            try:
                with self._engine.begin() as connection:
                    connection.execute(sa.insert(sinks_table), {"sink": sink, "failures": 0})
            except sa.exc.IntegrityError:  # it is there already
                pass
        free = sa.or_(t.owner.is_(None), t.held_until < naive(now))
        return self._write(sa.and_(t.sink == sink, free), owner=owner, held_until=naive(now + HELD_FOR))

    def _write(self, which: sa.ColumnElement[bool], **values: object) -> bool:
        with named_errors(self._engine), self._engine.begin() as connection:
            return connection.execute(sa.update(sinks_table).where(which).values(**values)).rowcount == 1


def holds(settings: Settings) -> Holds:
    """Of the database that is configured. Raises SquatwatchError where it cannot be written."""
    return Holds(engine_with(settings, sinks_table))


def _now() -> datetime:
    return datetime.now(UTC)
