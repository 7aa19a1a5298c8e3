"""A store in a bucket: four calls of S3, of which `If-None-Match: *` is the only condition that travels."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from squatwatch.errors import Missing, SquatwatchError, TryLater
from squatwatch.files.streams import sha256_of
from squatwatch.net.aws import demand_encrypted
from squatwatch.net.s3 import S3Fault, open_client, s3_faults
from squatwatch.store.base import Created, Listed

ATTEMPTS = 4  # at a body that was cut off, or at two writers of one key; boto itself tries again at busy servers
PIECE = 1 << 20  # bytes
PAGE = 1000  # keys of a listing; no server gives more at a time
# boto tries again at busy servers, and adds checksums of its own only where a server demands them: not all know them
OPTIONS: dict[str, Any] = {
    "retries": {"mode": "standard", "total_max_attempts": 5},
    "connect_timeout": 10,
    "read_timeout": 60,
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}

# by the code of the answer, else by the kind of fault
REMEDIES = {
    "NoSuchBucket": "make the bucket, or correct SQUATWATCH_HOME",
    **dict.fromkeys(
        ("PermanentRedirect", "301", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"),
        "set region_name of connection {connection} to the region of the bucket",
    ),
    **dict.fromkeys(("ExpiredToken", "InvalidToken", "TokenRefreshRequired"), "renew what connection {connection} has"),
    **dict.fromkeys(("InvalidAccessKeyId", "SignatureDoesNotMatch"), "correct the keys of connection {connection}"),
    "RequestTimeTooSkewed": "set the clock of this machine, which is off by more than a quarter of an hour",
    "denied": "squatwatch store policy prints what connection {connection} must be allowed",
    "no credentials": "give connection {connection} some",
    "refused": "check SQUATWATCH_HOME and connection {connection}",
}

again = retry(
    retry=retry_if_exception_type(TryLater),
    stop=stop_after_attempt(ATTEMPTS),
    wait=wait_random_exponential(multiplier=0.1, max=2),
    reraise=True,
)


class Denied(SquatwatchError):
    """The connection may not do what was asked."""


@dataclass(frozen=True)
class S3Store:
    """A store below `s3://bucket/prefix`.

    `connection` is the Airflow connection with credentials and endpoint; `kms_key` the key with which objects are
    encrypted, None for what the bucket is set to. `remedies` has those of a store that is no data root.
    """

    bucket: str
    prefix: str
    connection: str
    kms_key: str | None = None
    remedies: Mapping[str, str] | None = field(default=None, compare=False)

    @again
    def get(self, key: str, into: Path) -> None:
        """Write the object to a file. Raises Missing where it is not there."""
        try:
            with self._named_errors(key) as client, into.open("wb") as file:
                for piece in client.get_object(Bucket=self.bucket, Key=self._full(key))["Body"].iter_chunks(PIECE):
                    file.write(piece)
        except Denied:  # so S3 answers as well where nothing is there and not all of the bucket may be listed
            if key in self.keys(f"{PurePosixPath(key).parent}/"):
                raise
            raise Missing(f"there is no s3://{self.bucket}/{self._full(key)}") from None

    @again
    def create(self, key: str, source: Path) -> Created:
        """Put the file as a new object; return whether it is the one that is there now."""
        try:
            with self._named_errors(key) as client, source.open("rb") as file:
                client.put_object(
                    Bucket=self.bucket, Key=self._full(key), Body=file, IfNoneMatch="*", **self._encryption
                )
        except FileExistsError:
            return Created.BEFORE if self._is(key, source) else Created.OTHER
        return Created.NOW

    @again
    def put(self, key: str, source: Path) -> str:
        """Put the file, over the object that is there if there is one; return its `etag`."""
        with self._named_errors(key) as client, source.open("rb") as file:
            answer = client.put_object(Bucket=self.bucket, Key=self._full(key), Body=file, **self._encryption)
        return str(answer["ETag"])

    @again
    def listing(self, prefix: str) -> list[Listed]:
        """Return the objects whose keys begin with the prefix, by key."""
        with self._named_errors(prefix) as client:
            pages = client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self._full(prefix), PaginationConfig={"PageSize": PAGE}
            )
            listed = [self._listed(one) for page in pages for one in page.get("Contents", ())]
        return sorted(listed, key=lambda one: one.key)

    def keys(self, prefix: str) -> list[str]:
        """Return these keys alone."""
        return [one.key for one in self.listing(prefix)]

    @again
    def delete(self, key: str) -> None:
        """Remove the object, if it is there."""
        with self._named_errors(key) as client:
            client.delete_object(Bucket=self.bucket, Key=self._full(key))

    @property
    def _encryption(self) -> dict[str, str]:
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.kms_key} if self.kms_key else {}

    def _full(self, key: str) -> str:
        return f"{self.prefix}/{key}" if self.prefix else key

    def _listed(self, one: dict[str, Any]) -> Listed:
        return Listed(one["Key"][len(self._full("")) :], one["Size"], one["ETag"], one["LastModified"])

    def _is(self, key: str, source: Path) -> bool:
        """Tell whether the object is what the file holds: an answer was lost, and our own request was first."""
        with tempfile.TemporaryDirectory() as folder:
            there = Path(folder) / "there"
            self.get(key, there)
            return sha256_of(there) == sha256_of(source)

    @contextmanager
    def _named_errors(self, key: str) -> Iterator[Any]:
        """Give the client. Name what is asked for in errors: TryLater, Missing, FileExistsError or SquatwatchError."""
        what = f"s3://{self.bucket}/{self._full(key)}"
        try:
            with s3_faults():
                yield _client(self.connection)
        except S3Fault as fault:
            match fault.kind:
                case "missing":
                    raise Missing(f"there is no {what} ({fault})") from None
                case "exists":
                    raise FileExistsError(what) from None
                case "busy" | "no answer" | "proxy":
                    raise TryLater(f"{what}: {fault}; run the command again, nothing is half done") from None
            remedies = {**REMEDIES, **(self.remedies or {})}
            remedy = remedies.get(fault.code) or remedies.get(fault.kind)
            problem = f"{fault}; {remedy.format(connection=repr(self.connection))}" if remedy else str(fault)
            error = Denied if fault.kind == "denied" else SquatwatchError
            raise error(f"{what}: {problem}, then run the command again") from None


@cache
def _client(connection: str) -> Any:
    """Return the client of the process. Raises NeedsAPerson where its endpoint would be asked without encryption."""
    client = open_client(connection, **OPTIONS)
    demand_encrypted(client, connection)
    return client
