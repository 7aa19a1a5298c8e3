"""Objects below a prefix of a bucket, one a batch. A batch that is sent again replaces its own object."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from squatwatch.alerts.connections import connection_of
from squatwatch.alerts.failures import Busy, Misconfigured
from squatwatch.alerts.transports.base import Document
from squatwatch.alerts.transports.payload import payload
from squatwatch.net.s3 import BUSY


class S3Transport:
    def __init__(self, url: str, connection: str, format_name: str, timeout_seconds: float):
        from airflow.providers.amazon.aws.hooks.s3 import S3Hook
        from botocore.config import Config

        parts = urlsplit(url, allow_fragments=False)
        self._bucket, self._prefix = parts.netloc, parts.path.strip("/")
        self._format = format_name
        connection_of(connection, "aws://")  # without it the hook would take the machine's own credentials
        patience = Config(
            connect_timeout=timeout_seconds, read_timeout=timeout_seconds, retries={"total_max_attempts": 1}
        )
        self._client = S3Hook(aws_conn_id=connection, config=patience).get_conn()

    def send(self, batch: str, documents: Sequence[Document]) -> int:
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, SSLError

        content, content_type, suffix = payload(self._format, batch, documents)
        key = "/".join(part for part in (self._prefix, f"{batch}{suffix}") if part)
        try:
            answer = self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=content_type)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            status = error.response["ResponseMetadata"].get("HTTPStatusCode")
            if code in BUSY or (status or 0) >= 500:
                raise Busy(f"bucket {self._bucket} is busy ({code})", status) from None
            raise Misconfigured(f"bucket {self._bucket} refuses ({code}); check url and connection", status) from None
        except NoCredentialsError:
            raise Misconfigured("the connection has no credentials; add them") from None
        except SSLError:
            raise Misconfigured(
                f"the endpoint of bucket {self._bucket} has a certificate that is not trusted"
            ) from None
        except BotoCoreError as error:
            raise Busy(f"bucket {self._bucket} gave no proper answer ({type(error).__name__})") from None
        return answer["ResponseMetadata"]["HTTPStatusCode"]
