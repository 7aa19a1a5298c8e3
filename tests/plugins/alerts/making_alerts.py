"""Alerts of invented names, put into the outbox and looked for at the other end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

import golden

from squatwatch.alerts.outbox import outbox
from squatwatch.alerts.sinks import read_sinks

TOKEN = "s3cr3t-token"


def alert(number: int, **changes):
    """A new alert of an invented name of its own."""
    domain = f"paypal-login{number}.com"
    detection_id = str(uuid5(NAMESPACE_URL, domain))
    now = datetime.now(UTC)
    values = {"detection_id": detection_id, "domain": domain, "domain_unicode": domain, "occurred_at": now}
    return replace(golden.NEW, **values | {"detected_at": now} | changes)


def queue(settings, count: int, sink: str = "siem"):
    return outbox(settings).queue([(sink, alert(number)) for number in range(count)])


def sink_of(settings, name: str = "siem"):
    return next(sink for sink in read_sinks(settings) if sink.name == name)


def states(settings, sink: str = "siem") -> dict[str, int]:
    """How many rows are in which state, of those that there are."""
    return {state: count for state, count in outbox(settings).counts().get(sink, {}).items() if count}


def names_sent(receiver) -> list[str]:
    """The domains in the JSON arrays that a receiver took, in the order of arrival."""
    return [document["url"]["domain"] for request in receiver.took for document in request.json()]
