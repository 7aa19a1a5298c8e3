"""An unmodified boto3 client is let in, or gets the errors of the real service."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from signed_requests import KEY_ID, SECRET, access_rules, clock, write_access_file

from squatwatch.access import Door, Refused, Request

ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/squatwatch"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sagemaker:InvokeEndpoint",
            "Resource": ARN,
            "Condition": {"StringLike": {"sagemaker:TargetModel": ["acme/*", "größe/*"]}},
        },
        {
            "Effect": "Deny",
            "Action": "sagemaker:InvokeEndpoint",
            "Resource": "*",
            "Condition": {"StringEquals": {"sagemaker:TargetModel": "acme/secret"}},
        },
    ],
}


@dataclass
class Served:
    """A server that runs: what it let in, and what somebody on the way to it changes."""

    url: str = ""
    answered: list[int] = field(default_factory=list)
    faults: int = 0
    change: object = staticmethod(lambda headers, body: (headers, body))


@pytest.fixture
def serve(tmp_path):
    """Starts a server with an access file."""
    running = []

    def start(rules):
        door = Door(write_access_file(tmp_path / "access.json", rules))
        served = Served()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers, body = served.change(self.headers.items(), body)
                raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
                path, _, query = self.path.partition("?")
                request = Request(
                    "POST", path.encode(), query.encode(), raw, sha256(body).hexdigest(), self.client_address[0]
                )
                model = request.header("x-amzn-sagemaker-target-model")
                try:
                    principal = door.authorize(request, model, path.split("/")[2], datetime.now(UTC))
                except Refused as refused:
                    return self.answer(refused.status, refused.headers, refused.body)
                if served.faults:
                    served.faults -= 1
                    return self.answer(500, {}, b"{}")
                return self.answer(200, {"Content-Type": "text/plain"}, principal.name.encode())

            def answer(self, status, headers, body):
                served.answered.append(status)
                self.send_response(status)  # with Date
                for name, value in (headers | {"Content-Length": str(len(body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        running.append(server)
        served.url = f"http://127.0.0.1:{server.server_address[1]}"
        return served

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def served(serve):
    return serve(access_rules(POLICY))


def client(url, key_id=KEY_ID, secret=SECRET, token=None, region="us-east-1", attempts=1):
    return boto3.client(
        "sagemaker-runtime",
        endpoint_url=url,
        region_name=region,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": attempts}, max_pool_connections=20),
    )


def ask(runtime, model="acme/1", endpoint="squatwatch", **more):
    parameters = {"TargetModel": model} if model else {}
    answer = runtime.invoke_endpoint(
        EndpointName=endpoint, Body=b"paypa1.com\n", ContentType="text/csv", **parameters, **more
    )
    return answer["Body"].read().decode()


def refusal(runtime, model="acme/1", endpoint="squatwatch"):
    with pytest.raises(ClientError) as refused:
        ask(runtime, model, endpoint)
    answer = refused.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    return answer["Error"]["Code"], answer["Error"]["Message"]


@pytest.mark.parametrize("model", ["acme/1", "größe/1", "acme/ with  spaces", "acme/%2F+~", 'acme/"a, b"'])
def test_a_right_client_is_let_in(model, served):
    assert ask(client(served.url), model) == "analyst"
    assert ask(client(served.url), model, CustomAttributes="a=b, c", InferenceId="7", Accept="text/csv") == "analyst"


def test_a_wrong_secret_an_unknown_key_and_another_region(served):
    code, message = refusal(client(served.url, secret="wrong"))
    assert code == "InvalidSignatureException"
    assert message.startswith("The request signature we calculated does not match the signature you provided.")
    assert refusal(client(served.url, key_id="AKIAOTHER"))[0] == "UnrecognizedClientException"
    assert refusal(client(served.url, region="eu-west-1")) == (
        "InvalidSignatureException",
        "Credential should be scoped to a valid region, not 'eu-west-1'.",
    )


def test_a_client_without_credentials(served):
    runtime = boto3.client(
        "sagemaker-runtime",
        endpoint_url=served.url,
        region_name="us-east-1",
        config=Config(signature_version=UNSIGNED),
    )
    assert refusal(runtime) == ("MissingAuthenticationTokenException", "Missing Authentication Token")


def test_temporary_credentials(serve):
    def rules(end):
        return access_rules(POLICY, session_token="token", expires_at=end.isoformat())

    served = serve(rules(datetime.now(UTC) + timedelta(hours=1)))
    assert ask(client(served.url, token="token")) == "analyst"
    assert refusal(client(served.url))[0] == "UnrecognizedClientException"
    served = serve(rules(datetime.now(UTC) - timedelta(seconds=1)))
    assert refusal(client(served.url, token="token")) == (
        "ExpiredTokenException",
        "The security token included in the request is expired",
    )


@pytest.mark.parametrize(("minutes", "words"), [(-6, "Signature expired: "), (6, "Signature not yet current: ")])
def test_a_client_whose_clock_is_wrong(minutes, words, served):
    """The answer has the header Date, by which people and some clients see it; botocore does not correct its clock."""
    runtime = client(served.url, attempts=3)
    with clock(datetime.now(UTC) + timedelta(minutes=minutes)):
        for _ in range(2):
            code, message = refusal(runtime)
            assert code == "InvalidSignatureException" and message.startswith(words) and " 5 min.)" in message
    assert served.answered == [403, 403]  # a refusal is not tried again


def changed_header(wanted, value):
    return lambda headers, body: ([(name, value if name == wanted else old) for name, old in headers], body)


@pytest.mark.parametrize(
    "change",
    [
        changed_header("X-Amzn-SageMaker-Target-Model", "acme/2"),
        changed_header("Content-Type", "application/json"),
        changed_header("Host", "other"),
        lambda headers, body: (headers, body + b"\n"),
        lambda headers, body: ([(name, value) for name, value in headers if "Target-Model" not in name], body),
    ],
)
def test_what_somebody_on_the_way_changed_is_refused(change, served):
    served.change = change
    code, message = refusal(client(served.url))
    assert code == "InvalidSignatureException" and "does not match the signature you provided" in message


def test_what_somebody_on_the_way_adds_is_refused_where_it_has_a_meaning(served):
    served.change = lambda headers, body: ([*headers, ("X-Amzn-SageMaker-Target-Model", "acme/2")], body)
    assert refusal(client(served.url), model=None)[1].startswith("'x-amzn-sagemaker-target-model' must be a 'SignedHe")
    served.change = lambda headers, body: ([*headers, ("Via", "1.1 proxy"), ("X-Forwarded-For", "192.0.2.1")], body)
    assert ask(client(served.url)) == "analyst"


def test_models_that_policies_do_not_allow(served):
    user = "arn:aws:iam::123456789012:user/analyst"
    denied = f"User: {user} is not authorized to perform: sagemaker:InvokeEndpoint on resource: {ARN} "
    nothing = "because no identity-based policy allows the sagemaker:InvokeEndpoint action"
    assert refusal(client(served.url), "globex/1") == ("AccessDeniedException", denied + nothing)
    assert refusal(client(served.url), None) == ("AccessDeniedException", denied + nothing)
    assert refusal(client(served.url), "acme/secret") == (
        "AccessDeniedException",
        f"{denied}with an explicit deny in an identity-based policy",
    )
    assert refusal(client(served.url), endpoint="other")[0] == "AccessDeniedException"


def test_the_same_question_of_many_threads_in_a_second_is_let_in(served):
    runtime = client(served.url)
    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(lambda _: ask(runtime), range(100))) == {"analyst"}


def test_a_retry_is_let_in(served):
    served.faults = 2
    assert ask(client(served.url, attempts=3)) == "analyst"
    assert served.answered == [500, 500, 200]


def test_over_tls_boto3_signs_the_body_as_well(tmp_path):
    """Some of its services leave the body to TLS."""

    class Caught(Exception):
        pass

    def catch(request, **_):
        raise Caught(request)

    runtime = client("https://127.0.0.1:8443")
    runtime.meta.events.register("before-send.sagemaker-runtime.*", catch)
    with pytest.raises(Caught) as caught:
        ask(runtime)
    sent = caught.value.args[0]
    raw = [(b"Host", b"127.0.0.1:8443")]
    raw += [
        (name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in sent.headers.items()
    ]
    door = Door(write_access_file(tmp_path / "access.json", access_rules(POLICY)))
    body = sha256(b"paypa1.com\n").hexdigest()
    request = Request("POST", b"/endpoints/squatwatch/invocations", b"", raw, body, is_tls=True)
    assert door.authorize(request, "acme/1", "squatwatch", datetime.now(UTC)).name == "analyst"
