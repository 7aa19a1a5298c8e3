"""Ways to a receiver, one module each. `send` has sent everything, or raises what `outcomes.py` lists.

A batch that is sent again has the same name, so that a receiver that keeps names or files keeps it once.
"""

from __future__ import annotations

from squatwatch.alerts.sinks import EmailSink, FileSink, S3Sink, Sink, SplunkSink, WebhookSink
from squatwatch.alerts.transports.base import Transport
from squatwatch.settings import Settings


def open_transport(settings: Settings, sink: Sink) -> Transport:
    """Raises Misconfigured where a connection is missing or does not do."""
    match sink:
        case FileSink():
            from squatwatch.alerts.transports.file import FileTransport

            return FileTransport(settings.home / sink.path, sink.format)
        case S3Sink():
            from squatwatch.alerts.transports.s3 import S3Transport

            return S3Transport(sink.url, sink.connection, sink.format, settings.alert_timeout_seconds)
        case SplunkSink():
            from squatwatch.alerts.transports.splunk import SplunkTransport

            return SplunkTransport(sink, settings.alert_timeout_seconds)
        case WebhookSink():
            from squatwatch.alerts.transports.webhook import WebhookTransport

            return WebhookTransport(sink.connection, sink.format, settings.alert_timeout_seconds)
        case EmailSink():
            from squatwatch.alerts.transports.email import EmailTransport

            return EmailTransport(sink)
    raise TypeError(f"no transport for {sink!r}")
