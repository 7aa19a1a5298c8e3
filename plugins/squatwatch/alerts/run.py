"""Alerts from end to end: what is new is queued and what waits is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from squatwatch.alerts.alert import Alert
from squatwatch.alerts.deliver import deliver
from squatwatch.alerts.outbox import outbox
from squatwatch.alerts.queueing import later_alerts, new_alerts
from squatwatch.alerts.results import Delivered, Delivery
from squatwatch.alerts.sinks import Sink, demand_sinks, read_sinks
from squatwatch.settings import Settings


def alerts_to_queue(settings: Settings, sinks: Sequence[Sink], run_date: date | None) -> list[tuple[str, Alert]]:
    """Return pairs of sink and alert that would be queued now.

    With `run_date=None` only what became of names that a sink knows.
    """
    stored = outbox(settings)
    new = new_alerts(settings, stored, sinks, run_date) if run_date else []
    return [*new, *later_alerts(settings, stored, sinks)]


def queue_and_deliver(
    settings: Settings, run_date: date | None, sink: str | None = None, say: Callable[[str], None] = print
) -> list[Delivery]:
    """Queue and send for all sinks or the one that is named. One that fails holds up no other.

    Raises SquatwatchError where the alerts file does not do or nothing was published.
    """
    sinks = demand_sinks(settings, sink)
    outbox(settings).queue(alerts_to_queue(settings, sinks, run_date))
    return [deliver(settings, sink, say) for sink in sinks]


def send_alerts(settings: Settings, run_date: date | None = None, say: Callable[[str], None] = print) -> Delivered:
    """Queue and send for all sinks, where there are any. Raises what `queue_and_deliver` raises."""
    if not read_sinks(settings):
        return Delivered([])
    return Delivered(queue_and_deliver(settings, run_date, say=say))
