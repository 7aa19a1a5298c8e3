"""Splunk's HTTP Event Collector: events one after another, and 200 says that they were accepted.

https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data (codes of answers)
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from squatwatch.alerts.connections import connection_of, token_of, url_of
from squatwatch.alerts.failures import Misconfigured, Rejected
from squatwatch.alerts.sinks import SplunkSink
from squatwatch.alerts.transports.base import Document
from squatwatch.alerts.transports.http import Poster
from squatwatch.alerts.transports.payload import json_of

PATH = "/services/collector/event"
EXAMPLE = '{"conn_type": "http", "schema": "https", "host": "…", "port": 8088, "password": "the token"}'
OF_ONE_EVENT = {5, 6, 12, 13, 15}  # no data, bad format, no event, blank event, bad fields; others are of the collector


class SplunkTransport:
    """A transport that posts events to a collector. Raises Misconfigured where the connection does not do."""

    def __init__(self, sink: SplunkSink, timeout_seconds: float):
        connection = connection_of(sink.connection, EXAMPLE)
        token = token_of(connection)
        if not token:
            raise Misconfigured(f"connection {sink.connection!r} has no password: it is the collector's token")
        self._sink = sink
        headers = {"Authorization": f"Splunk {token}"}
        self._poster = Poster(
            url_of(connection, PATH), headers, timeout_seconds, connection.extra_dejson.get("ca_file")
        )

    def send(self, batch: str, documents: Sequence[Document]) -> int:
        """Post the events and return the status code."""
        content = b"\n".join(json_of(self._event(document)) for document in documents)
        try:
            return self._poster.post(content, {"Content-Type": "application/json"})
        except Rejected as complaint:
            code, index = _code_and_index(complaint.text)
            if complaint.status_code == 400 and code is not None and code not in OF_ONE_EVENT:
                problem = f"{complaint} (code {code}); check the collector's index and settings"
                raise Misconfigured(problem, complaint.status_code) from None
            problem = f"{complaint} (code {code})" if code is not None else str(complaint)
            raise Rejected(problem, complaint.status_code, index) from None

    def _event(self, document: Document) -> dict[str, object]:
        index = {"index": self._sink.index} if self._sink.index else {}
        return {
            "time": document.alert.occurred_at.timestamp(),
            "source": "squatwatch",
            "sourcetype": self._sink.sourcetype,
            **index,
            "event": document.body,
            "fields": {"alert_id": document.alert.alert_id},  # indexed: `dedup alert_id`
        }


def _code_and_index(text: str) -> tuple[int | None, int | None]:
    """Return code and index of the first bad event in a collector's answer, None for what it does not say."""
    try:
        answer = json.loads(text)
        code, index = answer.get("code"), answer.get("invalid-event-number")
    except (ValueError, AttributeError, RecursionError):
        return None, None
    return (code if isinstance(code, int) else None), (index if isinstance(index, int) and index >= 0 else None)
