"""A client: requests signed by botocore, in the form in which a server gets them, and an access file to let them in."""

from __future__ import annotations

import json
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from hashlib import sha256
from unittest import mock

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from squatwatch.access import Request

NOW = datetime(2026, 11, 29, 12, 0, 0, tzinfo=UTC)
KEY_ID, SECRET = "AKIAEXAMPLEANALYST00", "analyst/Secret+of/tests"
PATH = "/endpoints/squatwatch/invocations"
MODEL_HEADER = "X-Amzn-SageMaker-Target-Model"
ALLOW_ALL = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint", "Resource": "*"},
}


def access_rules(*policies, **key):
    """An access file with the user `analyst`, who may do what the policies say, everything without any."""
    access_key = {"access_key_id": KEY_ID, "secret_access_key": SECRET} | key
    user = {"access_keys": [access_key], "policies": deepcopy(list(policies or [ALLOW_ALL]))}
    return {"account": "123456789012", "users": {"analyst": user}}


def write_access_file(path, rules, mode=0o600):
    path.write_text(rules if isinstance(rules, str) else json.dumps(rules), "utf-8")
    path.chmod(mode)
    return path


@contextmanager
def clock(now):
    """Botocore's clock stands at a time."""
    with mock.patch("botocore.auth.get_current_datetime", lambda *_, **__: now.replace(tzinfo=None)):
        yield


def signed(
    path=PATH, query="", headers=(), body=b"paypa1.com\n", *, method="POST", key_id=KEY_ID, secret=SECRET, token=None,
    region="us-east-1", service="sagemaker", at=NOW,
):  # fmt: skip
    """Return a request as botocore signs it and a server gets it: header values are UTF-8, the host is the server's."""
    url = f"http://127.0.0.1:8000{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method=method, url=url, data=body)
    for name, value in (("Content-Type", "text/csv"), *headers):
        request.headers[name] = value
    with clock(at):
        SigV4Auth(Credentials(key_id, secret, token), service, region).add_auth(request)
    sent = [("host", "127.0.0.1:8000"), *request.headers.items()]
    raw = [(name.lower().encode(), value.encode()) for name, value in sent]
    return Request(method, path.encode(), query.encode(), raw, sha256(body).hexdigest(), "192.0.2.7")


def replaced(request, **changed):
    """Return the request with headers replaced (None takes one away), as somebody on the way could do it."""
    headers = {name.replace("_", "-").encode(): value for name, value in changed.items()}
    kept = [(name, value) for name, value in request.headers if name not in headers]
    new = [(name, value.encode()) for name, value in headers.items() if value is not None]
    return Request(
        request.method, request.raw_path, request.query_string, [*kept, *new], request.body_sha256, request.source_ip
    )
