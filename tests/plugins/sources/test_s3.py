"""A list in a bucket, through the Amazon provider's hook, against a local server that speaks S3."""

import io
import json
import os
import socket
import subprocess
import sys
from datetime import date

import pytest

from squatwatch.errors import BadList, NotPublishedYet, SquatwatchError, TryLater
from squatwatch.settings import read_settings
from squatwatch.sources import source_named

DAY = date(2026, 11, 5)
LIST = b"amber-oak.com\r\n" * 100
URL = "s3://lists/nrd/{date:%Y-%m-%d}.zip"


def connection(endpoint, **fields):
    extra = {"endpoint_url": endpoint, "region_name": "us-east-1"}
    return json.dumps({"conn_type": "aws", "login": "access-key", "password": "s3cr3t-key", "extra": extra} | fields)


@pytest.fixture(scope="module", autouse=True)
def airflow_home(tmp_path_factory):
    """Airflow writes a folder of logs when it is imported; and machine credentials stay out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        if "airflow" not in sys.modules:
            patch.setenv("AIRFLOW_HOME", str(tmp_path_factory.mktemp("airflow")))
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_MAX_ATTEMPTS", "1")
        yield


@pytest.fixture(scope="module")
def s3():
    """The address of an S3 server with one list in it."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    client.create_bucket(Bucket="lists")
    client.put_object(Bucket="lists", Key="nrd/2026-11-05.zip", Body=LIST, ContentType="application/zip")
    yield endpoint
    server.stop()


@pytest.fixture
def source(s3, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(s3))
    return source_named(read_settings(s3_url=URL), "s3")


def test_the_object_is_the_list(source):
    into = io.BytesIO()
    receipt = source.fetch(DAY, into)
    assert into.getvalue() == LIST
    assert (receipt.location, receipt.http_status, receipt.content_type) == ("s3://lists", 200, "application/zip")
    assert receipt.etag and receipt.last_modified


def test_an_object_that_is_not_there_is_waited_for(source):
    with pytest.raises(NotPublishedYet, match=r"s3://lists/nrd/2026-11-06\.zip of 2026-11-06 is not there yet"):
        source.fetch(date(2026, 11, 6), io.BytesIO())


def test_a_bucket_that_is_not_there_stops(s3, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(s3))
    source = source_named(read_settings(s3_url="s3://other/{date}.zip"), "s3")
    with pytest.raises(SquatwatchError, match=r"refuses \(NoSuchBucket\); check SQUATWATCH_S3_URL") as caught:
        source.fetch(DAY, io.BytesIO())
    assert caught.type is SquatwatchError


def test_a_large_object_is_refused(s3, monkeypatch):
    import boto3

    client = boto3.client(
        "s3", endpoint_url=s3, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    client.put_object(Bucket="lists", Key="large/2026-11-05", Body=bytes((1 << 20) + 1))
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(s3))
    with pytest.raises(BadList, match="larger than 1 MiB"):
        source_named(read_settings(s3_url="s3://lists/large/{date}", max_list_mib=1), "s3").fetch(DAY, io.BytesIO())


def test_a_missing_connection_says_how_to_add_it(monkeypatch):
    source = source_named(read_settings(s3_url=URL, s3_connection="feeds"), "s3")
    with pytest.raises(SquatwatchError) as caught:
        source.fetch(DAY, io.BytesIO())
    message = str(caught.value)
    assert "source s3 of 2026-11-05: there is no Airflow connection 'feeds'" in message
    assert "AIRFLOW_CONN_FEEDS" in message and "squatwatch download --date 2026-11-05" in message


def test_a_connection_without_credentials_stops(s3, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(s3, login=None, password=None))
    with pytest.raises(SquatwatchError, match="connection 'aws_default' has no credentials"):
        source_named(read_settings(s3_url=URL), "s3").fetch(DAY, io.BytesIO())


def test_a_store_that_cannot_be_reached_is_tried_later(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(f"http://127.0.0.1:{free.getsockname()[1]}"))
        with pytest.raises(TryLater, match=r"no proper answer \(EndpointConnectionError\)"):
            source_named(read_settings(s3_url=URL), "s3").fetch(DAY, io.BytesIO())


@pytest.mark.parametrize(
    ("code", "status", "error", "words"),
    [
        ("AccessDenied", 403, SquatwatchError, r"access denied \(AccessDenied\); connection 'aws_default' must be"),
        ("InvalidAccessKeyId", 403, SquatwatchError, "access denied"),
        ("SignatureDoesNotMatch", 403, SquatwatchError, "access denied"),
        ("ExpiredToken", 400, SquatwatchError, "access denied"),
        ("SlowDown", 503, TryLater, "busy"),
        ("InternalError", 500, TryLater, "busy"),
        ("PermanentRedirect", 301, SquatwatchError, "check SQUATWATCH_S3_URL"),
    ],
)
def test_an_error_of_the_store_and_its_outcome(code, status, error, words, source, monkeypatch):
    """Answers that the local server does not give, in boto's own form."""
    from botocore.exceptions import ClientError

    class Client:
        def get_object(self, **_):
            answer = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
            raise ClientError(answer, "GetObject")

    monkeypatch.setattr(type(source), "_client", lambda *_: Client())
    with pytest.raises(error, match=words) as caught:
        source.fetch(DAY, io.BytesIO())
    assert caught.type is error
    assert "s3://lists/nrd/2026-11-05.zip of 2026-11-05" in str(caught.value)


@pytest.mark.parametrize("url", ["lists/{date}.zip", "https://lists/{date}.zip", "s3://lists", "s3:///{date}.zip"])
def test_a_url_that_is_not_one_names_its_setting(url):
    with pytest.raises(SquatwatchError, match="SQUATWATCH_S3_URL"):
        source_named(read_settings(s3_url=url), "s3").fetch(DAY, io.BytesIO())


def test_without_a_metadata_database_and_without_loading_airflow_too_early(s3, tmp_path):
    """As the command line does it: a new process, an Airflow home with nothing in it, the connection in a variable."""
    script = (
        "import io, sys, datetime\n"
        "from squatwatch.settings import read_settings\n"
        "from squatwatch.sources import source_named\n"
        "source = source_named(read_settings(), 's3')\n"
        "assert not {'airflow', 'boto3'} & set(sys.modules)\n"
        "into = io.BytesIO()\n"
        "source.fetch(datetime.date(2026, 11, 5), into)\n"
        "print('received', len(into.getvalue()))\n"
    )
    env = os.environ | {
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW_CONN_AWS_DEFAULT": connection(s3),
        "SQUATWATCH_S3_URL": URL,
    }
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert f"received {len(LIST)}" in done.stdout
    assert "s3cr3t-key" not in done.stdout + done.stderr
    assert not list(tmp_path.glob("*.db"))
