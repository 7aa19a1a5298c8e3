"""Delivery of what waits, sink by sink. A sink that is down keeps what waits for it and holds up no other.

What was sent is marked at once; a process that is killed between the two sends the same batch again, under the same
name. So every sink is sent each alert at least once, and one that keeps names (a file, an object, an `alert_id`) has it
exactly once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from squatwatch.alerts.failures import Busy, Misconfigured, Rejected
from squatwatch.alerts.formats import FORMATS
from squatwatch.alerts.leases import LostLease, SinkLeases, sink_leases
from squatwatch.alerts.outbox import Batch, Outbox, OutboxRow, outbox
from squatwatch.alerts.results import Delivery
from squatwatch.alerts.sinks import AnySink
from squatwatch.alerts.transports import open_transport
from squatwatch.alerts.transports.base import Document, Transport
from squatwatch.alerts.transports.payload import json_of
from squatwatch.errors import SquatwatchError
from squatwatch.settings import Settings

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(days=7)


def deliver(settings: Settings, sink: AnySink, say: Callable[[str], None] = print) -> Delivery:
    """Send everything that waits for the sink, unless another process is at it or the sink asked for a pause."""
    alerts, leases = outbox(settings), sink_leases(settings)
    delivery = Delivery(sink.name)
    with leases.lease(sink.name) as owner:
        if owner is None:
            delivery.problem = "another process is sending to it"
            return delivery
        delivery.failed = alerts.give_up(sink.name, datetime.now(UTC) - GIVE_UP_AFTER)
        state = leases.state(sink.name)
        if state.next_attempt_at and state.next_attempt_at > datetime.now(UTC):
            delivery.problem = f"{state.problem}; left alone until {state.next_attempt_at:%Y-%m-%d %H:%M} UTC"
            return delivery
        _DeliveryAttempt(settings, sink, alerts, leases, owner, delivery, say).send_all()
    return delivery


@dataclass(frozen=True)
class _DeliveryAttempt:
    """One delivery attempt by the lease holder, `owner`."""

    settings: Settings
    sink: AnySink
    outbox: Outbox
    leases: SinkLeases
    owner: str
    delivery: Delivery
    say: Callable[[str], None]

    def send_all(self) -> None:
        """Send batch after batch until nothing waits or the sink fails."""
        rows: Sequence[OutboxRow] = ()
        try:
            transport = None
            while batch := self.outbox.next_batch(self.sink.name, self.sink.batch):
                rows = batch.rows
                transport = transport or self._open_transport()
                self._send_batch(transport, batch)
                self.say(f"{self.sink.name}: {self.delivery.sent:,} sent")
            self.leases.record_success(self.sink.name)
        except LostLease:
            self.delivery.problem = "another process has taken over sending to it"
        except (Busy, Misconfigured) as problem:
            self._stop(rows, problem)
        except SquatwatchError:  # of the database, which all sinks need
            raise
        except Exception as error:  # of a library; the other sinks have their turn
            log.exception("sending to %s failed", self.sink.name)
            self._stop(rows, Busy(f"sending failed ({type(error).__name__})"))

    def _open_transport(self) -> Transport:
        return open_transport(self.sink, self.settings.home, self.settings.alert_timeout_seconds)

    def _send_batch(self, transport: Transport, batch: Batch) -> None:
        """Send the batch without the alerts that the format does not take."""
        documents = {}
        for row in batch.rows:
            try:
                documents[row.id] = Document(row.alert, FORMATS[self.sink.document_format](row.alert))
            except SquatwatchError as error:
                self._reject(row, Rejected(str(error)))
        self._send_rows(transport, batch.name, [row for row in batch.rows if row.id in documents], documents)

    def _send_rows(
        self, transport: Transport, name: str, rows: Sequence[OutboxRow], documents: Mapping[int, Document]
    ) -> None:
        """Send the rows; where the receiver does not take them, those before and after the bad one by themselves.

        A receiver that does not say which one is bad gets halves, until the bad one is alone.
        """
        if not rows:
            return
        self.leases.renew(self.sink.name, self.owner)
        self.outbox.count_attempt(rows)
        try:
            status = transport.send(f"{name}-{rows[0].id}", [documents[row.id] for row in rows])
        except Rejected as rejected:
            if len(rows) == 1:
                self._reject(rows[0], rejected)
                return
            bad = rejected.index if rejected.index is not None and rejected.index < len(rows) else None
            cuts = (bad, bad + 1) if bad is not None else (len(rows) // 2,)
            for first, last in zip((0, *cuts), (*cuts, len(rows)), strict=True):
                self._send_rows(transport, name, rows[first:last], documents)
            return
        hashes = {row.id: sha256(json_of(documents[row.id].body)).hexdigest() for row in rows}
        self.outbox.mark_sent(rows, status, hashes)
        self.delivery.sent += len(rows)

    def _reject(self, row: OutboxRow, rejected: Rejected) -> None:
        self.outbox.mark_rejected([row], rejected.status_code, str(rejected))
        self.delivery.rejected += 1

    def _stop(self, rows: Sequence[OutboxRow], problem: Busy | Misconfigured) -> None:
        """Leave a busy sink alone for a while; one that a person has to mend is tried whenever asked."""
        self.outbox.keep_waiting(rows, problem.status_code, str(problem))
        if isinstance(problem, Busy):
            state = self.leases.record_failure(self.sink.name, str(problem), problem.after)
        else:
            state = self.leases.record_failure(self.sink.name, str(problem), wait=False)
        again = state.next_attempt_at
        self.delivery.problem = f"{problem}; " + (
            f"tried again from {again:%Y-%m-%d %H:%M} UTC on" if again else "mend it, then run: squatwatch alerts"
        )
