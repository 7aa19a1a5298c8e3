"""Sends what waits, sink by sink. A sink that is down keeps what waits for it and holds up no other.

What was sent is marked at once; a process that is killed between the two sends the same batch again, under the same
name. So every sink is sent each alert at least once, and one that keeps names (a file, an object, an `alert_id`) has it
exactly once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from squatwatch.alerts.failures import Busy, Misconfigured, NotSent, Rejected
from squatwatch.alerts.formats import FORMATS
from squatwatch.alerts.leases import Holds, LostHold, holds
from squatwatch.alerts.outbox import Batch, Outbox, Waiting, outbox
from squatwatch.alerts.sinks import Sink
from squatwatch.alerts.transports import open_transport
from squatwatch.alerts.transports.base import Document, Transport
from squatwatch.alerts.transports.payload import json_of
from squatwatch.errors import SquatwatchError
from squatwatch.settings import Settings

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(days=7)


@dataclass
class Delivery:
    """What came of one sink. `problem` is why something still waits; "" where nothing does."""

    sink: str
    sent: int = 0
    rejected: int = 0
    failed: int = 0
    problem: str = ""


def deliver(settings: Settings, sink: Sink, say: Callable[[str], None] = print) -> Delivery:
    """Sends everything that waits for the sink, unless another process is at it or the sink asked for a pause."""
    kept, sinks = outbox(settings), holds(settings)
    delivery = Delivery(sink.name)
    with sinks.held(sink.name) as owner:
        if owner is None:
            delivery.problem = "another process is sending to it"
            return delivery
        delivery.failed = kept.give_up(sink.name, datetime.now(UTC) - GIVE_UP_AFTER)
        until = sinks.condition(sink.name).next_attempt_at
        if until and until > datetime.now(UTC):
            delivery.problem = f"{sinks.condition(sink.name).problem}; left alone until {until:%Y-%m-%d %H:%M} UTC"
            return delivery
        _Sending(settings, sink, kept, sinks, owner, delivery, say).all()
    return delivery


@dataclass(frozen=True)
class _Sending:
    """One process, the owner, at one sink."""

    settings: Settings
    sink: Sink
    outbox: Outbox
    holds: Holds
    owner: str
    delivery: Delivery
    say: Callable[[str], None]

    def all(self) -> None:
        rows: Sequence[Waiting] = ()
        try:
            transport = None
            while batch := self.outbox.next_batch(self.sink.name, self.sink.batch):
                rows = batch.rows
                transport = transport or open_transport(self.settings, self.sink)
                self._batch(transport, batch)
                self.say(f"{self.sink.name}: {self.delivery.sent:,} sent")
            self.holds.well(self.sink.name)
        except LostHold:
            self.delivery.problem = "another process has taken over sending to it"
        except (Busy, Misconfigured) as problem:
            self._stop(rows, problem)
        except SquatwatchError:  # of the database, which all sinks need
            raise
        except Exception as error:  # of a library; the other sinks have their turn
            log.exception("sending to %s failed", self.sink.name)
            self._stop(rows, Busy(f"sending failed ({type(error).__name__})"))

    def _batch(self, transport: Transport, batch: Batch) -> None:
        documents = {}
        for row in batch.rows:
            try:
                documents[row.id] = Document(row.alert, FORMATS[self.sink.format](row.alert))
            except SquatwatchError as error:
                self._reject(row, Rejected(str(error)))
        self._some(transport, batch.name, [row for row in batch.rows if row.id in documents], documents)

    def _some(self, transport: Transport, name: str, rows: Sequence[Waiting], documents: dict[int, Document]) -> None:
        """Sends the rows; where the receiver does not take them, those before and after the bad one by themselves."""
        if not rows:
            return
        self.holds.hold_on(self.sink.name, self.owner)
        self.outbox.attempt(rows)
        try:
            status = transport.send(f"{name}-{rows[0].id}", [documents[row.id] for row in rows])
        except Rejected as rejected:
            if len(rows) == 1:
                self._reject(rows[0], rejected)
                return
            at = rejected.at if rejected.at is not None and rejected.at < len(rows) else None
            cuts = (at, at + 1) if at is not None else (len(rows) // 2,)
            for first, last in zip((0, *cuts), (*cuts, len(rows)), strict=True):
                self._some(transport, name, rows[first:last], documents)
            return
        hashes = {row.id: sha256(json_of(documents[row.id].body)).hexdigest() for row in rows}
        self.outbox.sent(rows, status, hashes)
        self.delivery.sent += len(rows)

    def _reject(self, row: Waiting, why: Rejected) -> None:
        self.outbox.rejected([row], why.status_code, str(why))
        self.delivery.rejected += 1

    def _stop(self, rows: Sequence[Waiting], problem: NotSent) -> None:
        """A sink that is down is left alone for a while; one that a person has to mend is tried whenever asked."""
        self.outbox.kept(rows, problem.status_code, str(problem))
        after = problem.after if isinstance(problem, Busy) else None
        condition = self.holds.unwell(self.sink.name, str(problem), after, wait=isinstance(problem, Busy))
        again = condition.next_attempt_at
        self.delivery.problem = f"{problem}; " + (
            f"tried again from {again:%Y-%m-%d %H:%M} UTC on" if again else "mend it, then run: squatwatch alerts"
        )
