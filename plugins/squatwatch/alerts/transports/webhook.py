"""A generic webhook: POST of a JSON array of documents, or for STIX of one bundle.

The batch's name is the idempotency key, so that a receiver that knows it takes a batch that comes again for one.
"""

from __future__ import annotations

from collections.abc import Sequence

from squatwatch.alerts.connections import connection_of, token_of, url_of
from squatwatch.alerts.transports.base import Document
from squatwatch.alerts.transports.http import Poster
from squatwatch.alerts.transports.payload import bundle, json_of

EXAMPLE = '{"conn_type": "http", "schema": "https", "host": "…", "password": "…", "extra": {"path": "/…"}}'


class WebhookTransport:
    """A transport that posts to a URL. Making one raises Misconfigured where the connection does not do."""

    def __init__(self, connection: str, format_name: str, timeout_seconds: float):
        airflow_connection = connection_of(connection, EXAMPLE)
        token = token_of(airflow_connection)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._poster = Poster(
            url_of(airflow_connection), headers, timeout_seconds, airflow_connection.extra_dejson.get("ca_file")
        )
        self._format = format_name

    def send(self, batch: str, documents: Sequence[Document]) -> int:
        """Post the batch and return the status code."""
        if self._format == "stix":
            content, type_ = json_of(bundle(batch, documents)), "application/stix+json;version=2.1"
        else:
            content, type_ = json_of([document.body for document in documents]), "application/json"
        return self._poster.post(content, {"Content-Type": type_, "Idempotency-Key": batch})
