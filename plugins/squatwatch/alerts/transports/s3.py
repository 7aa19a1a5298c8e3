"""Objects below a prefix of a bucket, one a batch. A batch that is sent again replaces its own object."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from squatwatch.alerts.failures import Busy, Misconfigured
from squatwatch.alerts.transports.base import Document
from squatwatch.alerts.transports.payload import payload
from squatwatch.net.faults import NeedsAPerson, NoConnection
from squatwatch.net.s3 import S3Fault, open_client, s3_faults


class S3Transport:
    """A transport that puts objects into a bucket. Making one raises Misconfigured where the connection is missing."""

    def __init__(self, url: str, connection: str, format_name: str, timeout_seconds: float):
        parts = urlsplit(url, allow_fragments=False)
        self._bucket, self._prefix = parts.netloc, parts.path.strip("/")
        self._format = format_name
        try:
            self._client = open_client(connection, timeout_seconds)
        except (NoConnection, NeedsAPerson) as problem:
            raise Misconfigured(str(problem)) from None

    def send(self, batch: str, documents: Sequence[Document]) -> int:
        """Put the batch's object and return the status code."""
        content, content_type, suffix = payload(self._format, batch, documents)
        key = "/".join(part for part in (self._prefix, f"{batch}{suffix}") if part)
        try:
            with s3_faults():
                answer = self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=content_type)
        except S3Fault as fault:
            raise self._failure(fault) from None
        return int(answer["ResponseMetadata"]["HTTPStatusCode"])

    def _failure(self, fault: S3Fault) -> Busy | Misconfigured:
        problem = f"bucket {self._bucket}: {fault}"
        if fault.kind in ("busy", "no answer", "proxy"):
            return Busy(problem, fault.status)
        if fault.kind == "certificate":
            return Misconfigured(problem, fault.status)
        return Misconfigured(f"{problem}; check url and connection", fault.status)
