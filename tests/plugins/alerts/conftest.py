"""What tests of alerts share: alerts that wait for a sink, sinks on loopback, connections, and a published day."""

from __future__ import annotations

import json
import os

import httpx
import made_dates
import pytest
import yaml
from making_alerts import TOKEN
from receiver import receiver as start_receiver
from smtp_server import smtp_server

from squatwatch.settings import read_settings

new_dates, dates = made_dates.new_dates, made_dates.dates
certificate, all_logs = made_dates.certificate, made_dates.all_logs


@pytest.fixture
def receiver():
    with start_receiver() as started:
        yield started


@pytest.fixture
def with_sinks(tmp_path):
    """with_sinks(name={...}) gives settings whose alerts file has these sinks."""

    def write(others=None, **sinks):
        """`others` are settings beside the alerts file."""
        path = tmp_path / "alerts.yml"
        path.write_text(yaml.safe_dump(sinks, sort_keys=False))
        values = {"home": tmp_path / "data", "alerts_file": path, "alert_timeout_seconds": 60}  # on a busy machine too
        return read_settings(**values | (others or {}))

    return write


@pytest.fixture
def connect(monkeypatch):
    """connect(receiver) makes the Airflow connection `siem`, with a token."""

    def make(receiver, name="siem", **fields):
        values = {"conn_type": "http", "schema": receiver.scheme, "host": "127.0.0.1", "port": receiver.port}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(values | {"password": TOKEN} | fields))

    return make


@pytest.fixture
def webhook(with_sinks, connect, receiver):
    """Settings with one sink, a webhook to `receiver`."""
    connect(receiver)
    return with_sinks(siem={"transport": "webhook", "connection": "siem"})


@pytest.fixture
def bucket(monkeypatch):
    """A client of an S3 server with the bucket `siem-in`, and the Airflow connection `bucket` to it."""
    import boto3
    from moto.server import ThreadedMotoServer

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    extra = {"endpoint_url": endpoint, "region_name": "us-east-1"}
    fields = {"conn_type": "aws", "login": "access-key", "password": "s3cr3t-key", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_BUCKET", json.dumps(fields))
    keys = {"aws_access_key_id": "access-key", "aws_secret_access_key": "s3cr3t-key", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=endpoint, **keys)
    client.create_bucket(Bucket="siem-in")
    yield client
    httpx.post(f"{endpoint}/moto-api/reset")  # what it has is the process's
    server.stop()


@pytest.fixture
def post(monkeypatch):
    """A mail server, and the Airflow connection `post` to it."""
    with smtp_server() as server:
        extra = {"disable_ssl": True, "disable_tls": True, "timeout": 60, "retry_limit": 0}
        fields = {"conn_type": "smtp", "host": "127.0.0.1", "port": server.port, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_POST", json.dumps(fields))
        yield server
