"""A list in an S3 bucket (or a service that speaks S3), with the credentials of an Airflow connection.

The hook finds a connection as Airflow does (`net.connections`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from squatwatch.errors import NotPublishedYet, SquatwatchError, TryLater
from squatwatch.files.streams import copy_capped
from squatwatch.net.faults import NeedsAPerson, NoConnection
from squatwatch.net.s3 import S3Fault, open_client, s3_faults
from squatwatch.sources.base import Receipt, fill_in


@dataclass(frozen=True)
class S3Source:
    """A list in a bucket; `connection` is the Airflow connection with the credentials."""

    name: str
    template: str
    connection: str
    max_bytes: int

    def location(self, run_date: date) -> str:
        """Return the bucket of the date's list."""
        return f"s3://{_bucket_and_key(self._url(run_date))[0]}"

    def fetch(self, run_date: date, into: BinaryIO) -> Receipt:
        """Write the object to `into`; raises what `Source.fetch` raises."""
        url = self._url(run_date)
        bucket, key = _bucket_and_key(url)
        client = self._client(run_date)
        with self._named_errors(url, run_date):
            answer = client.get_object(Bucket=bucket, Key=key)
            copy_capped(answer["Body"].iter_chunks(1 << 20), into, self.max_bytes)
        modified = answer.get("LastModified")
        return Receipt(
            self.location(run_date),
            http_status=answer["ResponseMetadata"]["HTTPStatusCode"],
            content_type=answer.get("ContentType"),
            etag=answer.get("ETag"),
            last_modified=modified.isoformat() if modified else None,
        )

    def _url(self, run_date: date) -> str:
        return fill_in(self.template, run_date, "SQUATWATCH_S3_URL")

    def _client(self, run_date: date) -> Any:
        try:
            return open_client(self.connection)
        except (NoConnection, NeedsAPerson) as problem:
            then = f"then run: squatwatch download --date {run_date}"
            raise SquatwatchError(f"source {self.name} of {run_date}: {problem}, {then}") from None

    @contextmanager
    def _named_errors(self, url: str, run_date: date) -> Iterator[None]:
        """Raise what `Source.fetch` raises. Boto has already tried again where that helps."""
        what = f"source {self.name}: {url} of {run_date}"
        then = f"then run: squatwatch download --date {run_date}"
        try:
            with s3_faults():
                yield
        except S3Fault as fault:
            match fault.kind:
                case "missing":
                    raise NotPublishedYet(f"{what} is not there yet") from None
                case "busy" | "no answer" | "proxy":
                    raise TryLater(f"{what}: {fault}") from None
                case "no credentials":
                    problem = f"connection {self.connection!r} has no credentials; add them"
                case "denied":
                    problem = (
                        f"{fault}; connection {self.connection!r} must be allowed to get the object and to list the "
                        "bucket (without that, a list not published yet is denied too)"
                    )
                case "certificate":
                    problem = str(fault)
                case "refused":
                    problem = f"{fault}; check SQUATWATCH_S3_URL"
            raise SquatwatchError(f"{what}: {problem}, {then}") from None


def _bucket_and_key(url: str) -> tuple[str, str]:
    parts = urlsplit(url, allow_fragments=False)
    if parts.scheme != "s3" or not parts.netloc or not parts.path.strip("/"):
        raise SquatwatchError(f"SQUATWATCH_S3_URL gives {url!r}: write it as s3://bucket/prefix/{{date:%Y-%m-%d}}.zip")
    return parts.netloc, parts.path.lstrip("/")
