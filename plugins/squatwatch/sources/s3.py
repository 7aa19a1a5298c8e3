"""A list in an S3 bucket (or a service that speaks S3), with the credentials of an Airflow connection.

The hook finds a connection as Airflow does: in a task through the task's own API, on the command line in
`AIRFLOW_CONN_…` or a configured secrets backend. It needs no metadata database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO
from urllib.parse import urlsplit

from squatwatch.errors import NotPublishedYet, SquatwatchError, TryLater
from squatwatch.files.streams import copy_capped
from squatwatch.net.s3 import BUSY
from squatwatch.sources.base import Receipt, fill_in

MISSING = {"NoSuchKey", "404"}
DENIED = {"AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"}


@dataclass(frozen=True)
class S3Source:
    name: str
    template: str
    connection: str
    max_bytes: int

    def location(self, run_date: date) -> str:
        return f"s3://{_bucket_and_key(self._url(run_date))[0]}"

    def fetch(self, run_date: date, into: BinaryIO) -> Receipt:
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

    def _client(self, run_date: date):
        """The hook alone would fall back on the machine's own credentials where the connection is missing."""
        from airflow.providers.amazon.aws.hooks.s3 import S3Hook
        from airflow.sdk.exceptions import AirflowException

        try:
            S3Hook.get_connection(self.connection)
        except AirflowException:
            variable = f"AIRFLOW_CONN_{self.connection.upper()}"
            raise SquatwatchError(
                f"source {self.name} of {run_date}: there is no Airflow connection {self.connection!r}; add it in "
                f"Airflow or set {variable} (aws:// takes the machine's own credentials), "
                f"then run: squatwatch download --date {run_date}"
            ) from None
        return S3Hook(aws_conn_id=self.connection).get_conn()

    @contextmanager
    def _named_errors(self, url: str, run_date: date) -> Iterator[None]:
        """Boto's errors as ours. Boto has already tried again where that helps."""
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

        what = f"source {self.name}: {url} of {run_date}"
        then = f"then run: squatwatch download --date {run_date}"
        try:
            yield
        except NoCredentialsError:
            raise SquatwatchError(
                f"{what}: connection {self.connection!r} has no credentials; add them, {then}"
            ) from None
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in MISSING:
                raise NotPublishedYet(f"{what} is not there yet") from None
            if code in BUSY:
                raise TryLater(f"{what}: the store is busy ({code})") from None
            if code in DENIED:
                raise SquatwatchError(
                    f"{what}: access denied ({code}); connection {self.connection!r} must be allowed to get the object "
                    f"and to list the bucket (without that, a list not published yet is denied too), {then}"
                ) from None
            raise SquatwatchError(f"{what}: the store refuses ({code}); check SQUATWATCH_S3_URL, {then}") from None
        except BotoCoreError as error:
            raise TryLater(f"{what}: no proper answer ({type(error).__name__})") from None


def _bucket_and_key(url: str) -> tuple[str, str]:
    parts = urlsplit(url, allow_fragments=False)
    if parts.scheme != "s3" or not parts.netloc or not parts.path.strip("/"):
        raise SquatwatchError(f"SQUATWATCH_S3_URL gives {url!r}: write it as s3://bucket/prefix/{{date:%Y-%m-%d}}.zip")
    return parts.netloc, parts.path.lstrip("/")
