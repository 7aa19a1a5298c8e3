"""A server that speaks S3 (moto's), on a free port of loopback, and the connection that leads to it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def no_credentials_of_the_machine() -> Iterator[pytest.MonkeyPatch]:
    """Takes AWS settings of the environment, of files and of the machine out of the way; gives what else is patched."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
            patch.setenv(name, os.devnull)
        yield patch


@contextmanager
def s3_server(*buckets: str) -> Iterator[str]:
    """Gives its address; the buckets are there and empty."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        for bucket in buckets:
            client(f"http://{host}:{port}").create_bucket(Bucket=bucket)
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def client(endpoint: str):
    """A client of its own, for a look at what is there."""
    import boto3

    keys = {"aws_access_key_id": "access-key", "aws_secret_access_key": "s3cr3t-key"}
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **keys)


def connection(endpoint: str) -> str:
    """The value of AIRFLOW_CONN_AWS_DEFAULT."""
    extra = {"endpoint_url": endpoint, "region_name": "us-east-1"}
    return json.dumps({"conn_type": "aws", "login": "access-key", "password": "s3cr3t-key", "extra": extra})
