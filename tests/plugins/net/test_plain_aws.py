"""A plain connection is read without Airflow, to the same effect; what is not plain is left to Airflow."""

from __future__ import annotations

import os
import subprocess
import sys
from unittest import mock

import pytest

from squatwatch.net.aws import open_aws_client
from squatwatch.net.plain_aws import PlainConnection, plain_connection

KEYS = '"conn_type": "aws", "login": "KEY", "password": "SECRET"'
PLAIN = [
    ("aws://", PlainConnection()),
    ('{"conn_type": "aws"}', PlainConnection()),
    (f"{{{KEYS}}}", PlainConnection("KEY", "SECRET")),
    (
        f'{{{KEYS}, "extra": {{"endpoint_url": "https://s3.example", "region_name": "eu-west-1"}}}}',
        PlainConnection("KEY", "SECRET", "https://s3.example", "eu-west-1"),
    ),
    (rf'{{{KEYS}, "extra": "{{\"region_name\": \"eu\"}}"}}', PlainConnection("KEY", "SECRET", None, "eu")),
]
LEFT_TO_AIRFLOW = [
    "",
    "aws://KEY:SECRET@/?region_name=eu-west-1",
    '{"conn_type": "s3", "login": "KEY", "password": "SECRET"}',
    '{"conn_type": "aws", "login": "KEY"}',
    f'{{{KEYS}, "extra": {{"role_arn": "arn:aws:iam::123456789012:role/watch"}}}}',
    f'{{{KEYS}, "extra": {{"endpoint_url": ""}}}}',
    f'{{{KEYS}, "port": 443}}',
    "{",
]


@pytest.fixture
def no_airflow(monkeypatch, tmp_path):
    """A process that has not loaded Airflow, on a machine on which nobody has set it up."""
    monkeypatch.delitem(sys.modules, "airflow", raising=False)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(("written", "connection"), PLAIN)
def test_what_is_plain_is_read(no_airflow, monkeypatch, written, connection):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", written)
    assert plain_connection("aws_default") == connection


@pytest.mark.parametrize("written", LEFT_TO_AIRFLOW)
def test_what_is_not_plain_is_left_to_airflow(no_airflow, monkeypatch, written):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", written)
    assert plain_connection("aws_default") is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [("AIRFLOW__SECRETS__BACKEND", "a.Vault"), ("AIRFLOW__SECRETS__BACKEND_CMD", "cat it"), ("AIRFLOW__AWS__X", "a")],
)
def test_so_is_all_where_a_variable_says_that_a_vault_may_have_it(no_airflow, monkeypatch, variable, value):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", PLAIN[-1][0])
    monkeypatch.setenv(variable, value)
    assert plain_connection("aws_default") is None


@pytest.mark.parametrize(
    ("text", "is_plain"),
    [
        ("[core]\nparallelism = 4\n[secrets]\nbackend =\n", True),
        ("[secrets]\nbackend = a.Vault\n", False),
        ("x", False),
    ],
)
def test_so_is_all_where_the_file_of_airflow_says_so(no_airflow, monkeypatch, text, is_plain):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", PLAIN[-1][0])
    (no_airflow / "airflow.cfg").write_text(text)
    assert (plain_connection("aws_default") is not None) == is_plain


def made_by(name: str) -> tuple:
    """Settings by which two clients of a service differ."""
    client = open_aws_client("s3", "S3", name)
    keys = client._request_signer._credentials
    return client.meta.endpoint_url, client.meta.region_name, keys and (keys.access_key, keys.secret_key, keys.token)


@pytest.mark.parametrize("written", [written for written, _ in PLAIN])
def test_the_client_is_the_one_that_the_hook_makes(no_airflow, monkeypatch, written):
    of_the_machine = {"AWS_ACCESS_KEY_ID": "own", "AWS_SECRET_ACCESS_KEY": "of the machine", "AWS_DEFAULT_REGION": "eu"}
    variables = of_the_machine | {"AIRFLOW_CONN_AWS_DEFAULT": written}
    with mock.patch.dict(os.environ, variables):
        plain = made_by("aws_default")
    assert "airflow" not in sys.modules
    monkeypatch.undo()  # from here on with Airflow, which this process may have loaded before
    import airflow  # noqa: F401

    with mock.patch.dict(os.environ, variables):
        assert plain == made_by("aws_default")


def test_a_command_on_a_store_in_s3_loads_no_airflow():
    code = (
        "import sys; from squatwatch.store.s3 import _client; _client('aws_default'); print('airflow' in sys.modules)"
    )
    environment = {"AIRFLOW_CONN_AWS_DEFAULT": PLAIN[2][0], "AWS_DEFAULT_REGION": "eu-central-1", "HOME": "/nowhere"}
    assert subprocess.check_output([sys.executable, "-c", code], text=True, env=environment) == "False\n"
