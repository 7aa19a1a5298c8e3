"""Ways to a receiver, one module each. `send` has sent everything, or raises what `alerts.failures` lists.

A batch that is sent again has the same name, so that a receiver that keeps names or files keeps it once.
"""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from squatwatch.alerts.sinks import AnySink, EmailSink, FileSink, S3Sink, SplunkSink, WebhookSink
from squatwatch.alerts.transports.base import Transport


def open_transport(sink: AnySink, home: Path, timeout_seconds: float) -> Transport:
    """Return the sink's transport; paths that are not absolute lie in `home`.

    Raises Misconfigured where a connection is missing or does not do.
    """
    match sink:
        case FileSink():
            from squatwatch.alerts.transports.file import FileTransport

            return FileTransport(home / sink.path, sink.format)
        case S3Sink():
            from squatwatch.alerts.transports.s3 import S3Transport

            return S3Transport(sink.url, sink.connection, sink.format, timeout_seconds)
        case SplunkSink():
            from squatwatch.alerts.transports.splunk import SplunkTransport

            return SplunkTransport(sink, timeout_seconds)
        case WebhookSink():
            from squatwatch.alerts.transports.webhook import WebhookTransport

            return WebhookTransport(sink.connection, sink.format, timeout_seconds)
        case EmailSink():
            from squatwatch.alerts.transports.email import EmailTransport

            return EmailTransport(sink)
    assert_never(sink)
