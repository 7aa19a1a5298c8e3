"""S3 and services that speak like it: a client with the credentials of an Airflow connection, and what errors mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from squatwatch.net.aws import open_aws_client
from squatwatch.net.proxies import proxies_of_s3

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

BUSY = frozenset({"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "503", "500"})
MISSING = frozenset({"NoSuchKey", "404"})
DENIED = frozenset(
    {"AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"}
)
CERTIFICATE = "if an authority of your own signed it, set AWS_CA_BUNDLE to a PEM file that has its certificate"

EXISTS = frozenset({"PreconditionFailed", "412"})  # of a request that may not replace anything
TWO_AT_ONCE = frozenset({"ConditionalRequestConflict", "OperationAborted", "409"})  # another such request is under way

Kind = Literal["busy", "exists", "missing", "denied", "refused", "no credentials", "certificate", "proxy", "no answer"]


class S3Fault(Exception):
    """An S3 request failed. `what` says how, for messages; `status` and `code` are those of the answer, if one came."""

    def __init__(self, kind: Kind, what: str, status: int | None = None, code: str = ""):
        super().__init__(what)
        self.kind, self.what, self.status, self.code = kind, what, status, code


def open_client(connection: str, timeout_seconds: float | None = None, **options: Any) -> Any:
    """Return a boto client; with a timeout in seconds it makes each request once only. `options` are of its Config.

    Raises what `open_aws_client` raises.
    """
    if timeout_seconds is not None:
        once = {"connect_timeout": timeout_seconds, "read_timeout": timeout_seconds}
        options |= once | {"retries": {"total_max_attempts": 1}}
    return open_aws_client("s3", "S3", connection, **options)


@contextmanager
def s3_faults() -> Iterator[None]:
    """Turn boto's errors in the block into S3Fault."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ProxyConnectionError, SSLError

    try:
        yield
    except NoCredentialsError:
        raise S3Fault("no credentials", "the connection has no credentials") from None
    except ClientError as error:
        raise _answered(error) from None
    except SSLError:
        raise S3Fault("certificate", f"its endpoint has a certificate that is not trusted; {CERTIFICATE}") from None
    except ProxyConnectionError:
        raise S3Fault("proxy", f"{proxies_of_s3()} does not answer") from None
    except BotoCoreError as error:
        raise S3Fault("no answer", f"no proper answer ({type(error).__name__})") from None


def _answered(error: ClientError) -> S3Fault:
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"].get("HTTPStatusCode")
    if code in BUSY | TWO_AT_ONCE or (status or 0) >= 500:
        return S3Fault("busy", f"the store is busy ({code})", status, code)
    if code in EXISTS:
        return S3Fault("exists", f"it is there already ({code})", status, code)
    if code in MISSING:
        return S3Fault("missing", f"it is not there ({code})", status, code)
    if code in DENIED:
        return S3Fault("denied", f"access denied ({code})", status, code)
    region = _region_in(error)
    return S3Fault("refused", f"the store refuses ({code})" + (f"; it is in {region}" if region else ""), status, code)


def _region_in(error: ClientError) -> str | None:
    """Return the region in which an answer says that the bucket is."""
    headers = error.response["ResponseMetadata"].get("HTTPHeaders", {})
    region: str | None = error.response["Error"].get("Region") or headers.get("x-amz-bucket-region")
    return region
