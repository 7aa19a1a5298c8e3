"""Delivery of what waits, sink by sink. A sink that is down keeps what waits for it and holds up no other.

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
from typing import NamedTuple

from squatwatch.alerts.alert import Alert
from squatwatch.alerts.failures import Busy, Misconfigured, Rejected
from squatwatch.alerts.formats import FORMATS
from squatwatch.alerts.formats.common import domain_of
from squatwatch.alerts.leases import LostLease, SinkLeases, sink_leases
from squatwatch.alerts.outbox import Batch, Outbox, OutboxRow, outbox
from squatwatch.alerts.results import Delivery
from squatwatch.alerts.sinks import AnySink
from squatwatch.alerts.transports import open_transport
from squatwatch.alerts.transports.base import Document, Transport
from squatwatch.alerts.transports.payload import json_of
from squatwatch.alerts.waves import as_one
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


class _Told(NamedTuple):
    """A document, and the rows that it tells of: one, or those of a wave. They share what becomes of it."""

    rows: Sequence[OutboxRow]
    document: Document

    @property
    def hashes(self) -> dict[int, str]:
        """The SHA-256 of the document by row id."""
        return dict.fromkeys((row.id for row in self.rows), sha256(json_of(self.document.body)).hexdigest())


def _alert_of(row: OutboxRow) -> Alert:
    return row.alert


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
            while batch := self.outbox.next_batch(self.sink.name, self.sink.batch, self.sink.waves == "together"):
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
        """Send the batch without the alerts that no format takes."""
        rows = [row for row in batch.rows if self._is_fit(row)]
        self._send_told(transport, batch.name, [self._told(told) for told in self.sink.told(rows, _alert_of)])

    def _is_fit(self, row: OutboxRow) -> bool:
        """Tell whether the name may go into a document; reject it by itself where it may not."""
        try:
            domain_of(row.alert)
        except SquatwatchError as error:
            self._reject([row], Rejected(str(error)))
            return False
        return True

    def _told(self, rows: Sequence[OutboxRow]) -> _Told:
        alert = as_one([row.alert for row in rows])
        return _Told(rows, Document(alert, FORMATS[self.sink.document_format](alert)))

    def _send_told(self, transport: Transport, name: str, told: Sequence[_Told]) -> None:
        """Send the documents; where the receiver does not take them, those before and after the bad one by themselves.

        A receiver that does not say which one is bad gets halves, until the bad one is alone.
        """
        if not told:
            return
        rows = [row for each in told for row in each.rows]
        self.leases.renew(self.sink.name, self.owner)
        self.outbox.count_attempt(rows)
        try:
            status = transport.send(f"{name}-{rows[0].id}", [each.document for each in told])
        except Rejected as rejected:
            if len(told) == 1:
                self._reject(rows, rejected)
                return
            bad = rejected.index if rejected.index is not None and rejected.index < len(told) else None
            cuts = (bad, bad + 1) if bad is not None else (len(told) // 2,)
            for first, last in zip((0, *cuts), (*cuts, len(told)), strict=True):
                self._send_told(transport, name, told[first:last])
            return
        self.outbox.mark_sent(rows, status, {id_: sha256_ for each in told for id_, sha256_ in each.hashes.items()})
        self.delivery.sent += len(rows)

    def _reject(self, rows: Sequence[OutboxRow], rejected: Rejected) -> None:
        self.outbox.mark_rejected(rows, rejected.status_code, str(rejected))
        self.delivery.rejected += len(rows)

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
