"""The calls of SageMaker that are made, three in all, and what its errors mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from squatwatch.errors import SquatwatchError, TryLater
from squatwatch.net.aws import demand_encrypted, open_aws_client
from squatwatch.net.s3 import S3Fault, s3_faults
from squatwatch.sagemaker.job import JobState, TransformJob

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

# boto itself tries again where SageMaker is busy or throttles, with longer and longer waits
OPTIONS: dict[str, Any] = {
    "retries": {"mode": "standard", "total_max_attempts": 8},
    "connect_timeout": 10,
    "read_timeout": 60,
}
BUSY = frozenset(
    {"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded", "ServiceUnavailable"}
)
DENIED = frozenset({"AccessDeniedException", "AccessDenied"})
LONGEST = 600  # characters of a message


class SageMaker:
    """SageMaker, asked with an Airflow connection; `again` is the command that errors end with."""

    def __init__(self, connection: str, again: str):
        self._connection, self._again = connection, again

    def describe(self, name: str) -> TransformJob | None:
        """Return the job; None where there is none of that name. Raises TryLater and SquatwatchError, as all calls."""
        try:
            with self._faults():
                answer = self._client.describe_transform_job(TransformJobName=name)
        except _Answered as answered:
            if answered.code == "ResourceNotFound" or "Could not find" in answered.message:
                return None
            raise self._named(answered) from None
        state = JobState(answer["TransformJobStatus"])
        return TransformJob(name, state, answer["CreationTime"], answer.get("FailureReason", ""))

    def create(self, request: Mapping[str, Any]) -> bool:
        """Make a job; return whether it was made now. Where one of that name was made before, nothing happens."""
        try:
            with self._faults():
                self._client.create_transform_job(**request)
        except _Answered as answered:
            if answered.code == "ResourceInUse" or "must be unique" in answered.message:
                return False
            raise self._named(answered) from None
        return True

    def stop(self, name: str) -> None:
        """Stop a job. One that has ended, or that nobody made, stays as it is."""
        try:
            with self._faults():
                self._client.stop_transform_job(TransformJobName=name)
        except _Answered as answered:
            if answered.code not in ("ValidationException", "ResourceNotFound"):
                raise self._named(answered) from None

    @cached_property
    def _client(self) -> Any:
        client = open_aws_client("sagemaker", "SageMaker", self._connection, **OPTIONS)
        demand_encrypted(client, self._connection)
        return client

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Raise _Answered for an answer that is an error, TryLater or SquatwatchError where none came."""
        from botocore.exceptions import ClientError

        try:
            with s3_faults():
                try:
                    yield
                except ClientError as error:
                    raise _Answered(error) from None
        except S3Fault as fault:
            kind = TryLater if fault.kind in ("no answer", "proxy") else SquatwatchError
            raise kind(f"SageMaker, by connection {self._connection!r}: {fault}; then run: {self._again}") from None

    def _named(self, answered: _Answered) -> SquatwatchError:
        """Return the error for an answer that nobody expected. What SageMaker says names the role and the action."""
        said = f"{answered.message or answered.code}"[:LONGEST].rstrip(". ")
        if answered.code in BUSY or answered.status >= 500:
            return TryLater(f"SageMaker is busy ({answered.code}: {said}); later run: {self._again}")
        if answered.code == "ResourceLimitExceeded":
            return TryLater(f"SageMaker has no more room for this account: {said}; later run: {self._again}")
        remedy = (
            f"docs/sagemaker.md lists what connection {self._connection!r} must be allowed"
            if answered.code in DENIED
            else f"check the settings SQUATWATCH_SAGEMAKER_… and connection {self._connection!r}"
        )
        return SquatwatchError(f"SageMaker refuses ({answered.code}): {said}; {remedy}, then run: {self._again}")


class _Answered(Exception):
    """An answer that is an error."""

    def __init__(self, error: ClientError):
        self.code = error.response["Error"].get("Code", "")
        self.message = error.response["Error"].get("Message", "")
        self.status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
        super().__init__(self.message)
