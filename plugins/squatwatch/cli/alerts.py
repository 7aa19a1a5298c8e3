"""`squatwatch alerts`: what the sinks are told, and what waits for them."""

from __future__ import annotations

from datetime import date as Date
from typing import Annotated

import typer

from squatwatch.cli.query import print_table
from squatwatch.cli.steps import progress
from squatwatch.dates import parse_run_date
from squatwatch.errors import SinkTrouble
from squatwatch.settings import Settings, read_settings
from squatwatch.store.door import follow, follow_warehouse


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(alerts)


def alerts(
    date: Annotated[str | None, typer.Option(help="Tell what this published date has flagged, YYYY-MM-DD.")] = None,
    sink: Annotated[str | None, typer.Option(help="This sink alone.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be sent; change nothing.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Also what a sink rejected or was down for too long.")] = False,
) -> None:
    """Send alerts to the sinks of SQUATWATCH_ALERTS_FILE.

    That is: what waits, what became of names that a sink knows, and with --date what that date has flagged. A detection
    is told to a sink once, whichever date asks.
    """
    settings = read_settings()
    follow(settings, [])
    follow_warehouse(settings)
    run_date = parse_run_date(date) if date else None
    if dry_run:
        _print_what_would_be_sent(settings, run_date, sink)
        return
    from squatwatch.alerts.outbox import outbox
    from squatwatch.alerts.run import queue_and_deliver
    from squatwatch.alerts.sinks import demand_sinks

    stored = outbox(settings)
    if retry:
        again = {sink_.name: stored.retry(sink_.name) for sink_ in demand_sinks(settings, sink)}
        progress.print(", ".join(f"{name}: {count:,} wait again" for name, count in again.items()))
    deliveries = queue_and_deliver(settings, run_date, sink, progress.print)
    counts = stored.counts()
    states = ("waiting", "sent", "rejected", "failed")
    rows = [
        (one.sink, one.sent, *(counts.get(one.sink, {}).get(state, 0) for state in states), one.problem)
        for one in deliveries
    ]
    print_table(["sink", "sent now", *(f"{state} in all" for state in states), "problem"], rows)
    if troubled := [delivery.sink for delivery in deliveries if delivery.problem]:
        raise SinkTrouble(f"not everything was sent to {', '.join(troubled)}; it waits, and the table says why")


def _print_what_would_be_sent(settings: Settings, run_date: Date | None, name: str | None) -> None:
    """Print one line of JSON an alert, as the sink's format has it; a mail as its text."""
    from squatwatch.alerts.outbox import outbox
    from squatwatch.alerts.run import alerts_to_queue
    from squatwatch.alerts.sinks import demand_sinks

    sinks = demand_sinks(settings, name)
    queued = alerts_to_queue(settings, sinks, run_date)
    for sink in sinks:
        new = [alert for sink_name, alert in queued if sink_name == sink.name]
        would_be_sent = [*outbox(settings).waiting(sink.name), *new]
        progress.print(f"{sink.name}: {len(would_be_sent):,} would be sent")
        print(sink.preview(would_be_sent), end="")
