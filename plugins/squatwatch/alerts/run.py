"""Alerts from end to end: what is wanted is queued, what waits is sent, and how it went is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from squatwatch.alerts.alert import Alert
from squatwatch.alerts.deliver import Delivery, deliver
from squatwatch.alerts.outbox import outbox
from squatwatch.alerts.queueing import later_alerts, new_alerts
from squatwatch.alerts.sinks import Sink, demand_sinks, read_sinks
from squatwatch.errors import SinkTrouble
from squatwatch.settings import Settings


def wanted(settings: Settings, sinks: Sequence[Sink], run_date: date | None) -> list[tuple[str, Alert]]:
    """(sink, alert) of what would be queued now; `run_date` None: only what became of names that were told before."""
    kept = outbox(settings)
    new = new_alerts(settings, kept, sinks, run_date) if run_date else []
    return [*new, *later_alerts(settings, kept, sinks)]


def queue_and_deliver(
    settings: Settings, run_date: date | None, sink: str | None = None, say: Callable[[str], None] = print
) -> list[Delivery]:
    """Of all sinks or the one that is named. One that fails holds up no other.

    Raises SquatwatchError where the alerts file does not do or nothing was published.
    """
    sinks = demand_sinks(settings, sink)
    outbox(settings).queue(wanted(settings, sinks, run_date))
    return [deliver(settings, each, say) for each in sinks]


def send_alerts(settings: Settings, run_date: date | None = None, say: Callable[[str], None] = print) -> str:
    """For the task. Raises SinkTrouble, when every sink has had its turn, naming those that have a problem."""
    if not read_sinks(settings):
        return "no alerts file is set (SQUATWATCH_ALERTS_FILE): nothing is sent"
    deliveries = queue_and_deliver(settings, run_date, say=say)
    told = "; ".join(
        f"{each.sink}: {each.sent:,} sent"
        + (f", {each.rejected:,} rejected" if each.rejected else "")
        + (f", {each.failed:,} given up" if each.failed else "")
        for each in deliveries
    )
    if troubled := [f"{each.sink}: {each.problem}" for each in deliveries if each.problem]:
        raise SinkTrouble(f"{'; '.join(troubled)} ({told}). What was not sent waits; squatwatch alerts sends it")
    return told
