"""A service that speaks SageMaker's API of batch transform jobs, and scores by a container that really runs.

A job reads its lines from S3, sends them to the container as SageMaker does (SplitType=Line, MultiRecord, so many bytes
a request), and writes what comes back. It goes through the service's states, takes a name once, and can be told to
fail, throttle, refuse, never end, or spoil what it writes.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from ports import free_port
from processes import Program, wait_for
from s3_server import client

NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
ROLE = "arn:aws:sts::111122223333:assumed-role/worker/task"
ENVIRONMENT = {
    "SQUATWATCH_SERVE_CONTAINER": "true",
    "SQUATWATCH_SERVE_NAMES": "50000",
    "SQUATWATCH_SCORE_FLOOR": "0.1",
}
Lines = list[bytes]


@contextmanager
def container(home: Path, brands_file: Path) -> Iterator[str]:
    """Gives the address of a `squatwatch serve` as SageMaker starts it, with models and brands of its own."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SQUATWATCH_")}
    own = {"SQUATWATCH_HOME": str(home), "SQUATWATCH_BRANDS_FILE": str(brands_file)}
    environment = kept | ENVIRONMENT | own | {"SAGEMAKER_BIND_TO_PORT": str(port)}
    program = Program([sys.executable, "-m", "squatwatch", "serve"], environment, home / "container.log")
    try:
        wait_for(lambda: program.demand_alive() or _answers(f"http://127.0.0.1:{port}/ping"), "the container")
        yield f"http://127.0.0.1:{port}"
        program.demand_alive()
    finally:
        program.end()


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
        return answer.status == 200
    return False


class FakeSageMaker:
    """The jobs by name as DescribeTransformJob has them, what was `asked` in order, and what goes wrong."""

    def __init__(self, container: str, s3: str):
        self.container, self.s3 = container, client(s3)
        self.forget()

    def forget(self) -> None:
        """All is well, and there are no jobs."""
        self.jobs: dict[str, dict] = {}
        self.requests: dict[str, dict] = {}
        self.asked: list[tuple[str, str]] = []
        self.go_on = threading.Event()  # a job ends when it is set
        self.go_on.set()
        self.failure: str | None = None  # why the next job fails
        self.denied: set[str] = set()
        self.busy = 0  # calls that are throttled
        self.spoil: Callable[[Lines], Lines] = lambda lines: lines
        self.before: Callable[[str], object] = lambda action: None
        self.payloads: list[int] = []  # lines of each request to the container
        self._lock = threading.Lock()

    def made(self) -> list[str]:
        """The names of the jobs that were made."""
        return list(self.jobs)

    def answer(self, action: str, asked: dict) -> dict:
        """The answer to a call. Raises Refusal."""
        self.before(action)
        self.asked.append((action, asked.get("TransformJobName", "")))
        if self.busy:
            self.busy -= 1
            raise Refusal("ThrottlingException", "Rate exceeded")
        if action in self.denied:
            raise Refusal(
                "AccessDeniedException",
                f"User: {ROLE} is not authorized to perform: sagemaker:{action} on resource: arn:aws:sagemaker:"
                "us-east-1:111122223333:transform-job/x because no identity-based policy allows the action",
            )
        with self._lock:
            return getattr(self, f"_{action}")(asked)

    def _CreateTransformJob(self, asked: dict) -> dict:
        name = asked["TransformJobName"]
        if not NAME.fullmatch(name):
            raise Refusal("ValidationException", f"Value {name!r} at 'transformJobName' failed to satisfy constraint")
        if asked["ModelName"] != "squatwatch":
            raise Refusal("ValidationException", f'Could not find model "{asked["ModelName"]}".')
        if name in self.jobs:
            raise Refusal("ResourceInUse", "Job name must be unique within an AWS account and region")
        self.requests[name] = asked
        self.jobs[name] = {"TransformJobStatus": "InProgress", "CreationTime": time.time()} | asked
        threading.Thread(target=self._run, args=(name,), daemon=True).start()
        return {"TransformJobArn": f"arn:aws:sagemaker:us-east-1:111122223333:transform-job/{name}"}

    def _DescribeTransformJob(self, asked: dict) -> dict:
        job = self._job(asked)
        return job | {"TransformJobArn": "arn"}

    def _StopTransformJob(self, asked: dict) -> dict:
        job = self._job(asked)
        if job["TransformJobStatus"] != "InProgress":
            raise Refusal("ValidationException", f"The job is in status {job['TransformJobStatus']}")
        job["TransformJobStatus"] = "Stopping"
        threading.Timer(0.2, job.update, ({"TransformJobStatus": "Stopped"},)).start()
        return {}

    def _job(self, asked: dict) -> dict:
        if job := self.jobs.get(asked["TransformJobName"]):
            return job
        raise Refusal("ValidationException", f"Could not find requested job with name: {asked['TransformJobName']}")

    def _run(self, name: str) -> None:
        job, request, failure = self.jobs[name], self.requests[name], self.failure
        self.failure = None
        time.sleep(0.1)
        self.go_on.wait()
        try:
            if request["Environment"] != ENVIRONMENT:
                failure = "ClientError: the container that runs has another environment"
            if failure is None:
                self._transform(request)
        except Exception as error:
            failure = f"AlgorithmError: {error}"
        with self._lock:
            if job["TransformJobStatus"] == "InProgress":
                job |= {"TransformJobStatus": "Failed", "FailureReason": failure} if failure else {}
                job["TransformJobStatus"] = "Failed" if failure else "Completed"
                self.jobs[name] = job

    def _transform(self, request: dict) -> None:
        """Each object is one machine's, and its answers go to the same name with `.out`."""
        source = urlsplit(request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"])
        target = urlsplit(request["TransformOutput"]["S3OutputPath"])
        prefix = source.path.strip("/") + "/"
        for listed in self.s3.list_objects_v2(Bucket=source.netloc, Prefix=prefix)["Contents"]:
            body = self.s3.get_object(Bucket=source.netloc, Key=listed["Key"])["Body"].read()
            answered = self.spoil([line for part in self._payloads(body, request) for line in self._invoked(part)])
            key = f"{target.path.strip('/')}/{listed['Key'].removeprefix(prefix)}.out"
            self.s3.put_object(Bucket=target.netloc, Key=key, Body=b"".join(line + b"\n" for line in answered))

    def _payloads(self, body: bytes, request: dict) -> Iterator[bytes]:
        """The lines, as many at a time as fit."""
        assert (request["TransformInput"]["SplitType"], request["BatchStrategy"]) == ("Line", "MultiRecord")
        payload = b""
        for line in body.splitlines(keepends=True):
            if len(payload) + len(line) > request["MaxPayloadInMB"] << 20:
                yield payload
                payload = b""
            payload += line
        yield payload

    def _invoked(self, payload: bytes) -> Lines:
        self.payloads.append(payload.count(b"\n"))
        headers = {"Content-Type": "application/jsonlines", "Accept": "application/jsonlines"}
        asked = urllib.request.Request(f"{self.container}/invocations", payload, headers)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.read().splitlines()


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.body = json.dumps({"__type": code, "message": message}).encode()


@contextmanager
def sagemaker_server(container: str, s3: str) -> Iterator[tuple[str, FakeSageMaker]]:
    """Gives the address of the service, and what it has."""
    fake = FakeSageMaker(container, s3)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            action = self.headers["X-Amz-Target"].removeprefix("SageMaker.")
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                status, body = 200, json.dumps(fake.answer(action, asked)).encode()
            except Refusal as refusal:
                status, body = 400, refusal.body
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", fake
    finally:
        fake.go_on.set()
        server.shutdown()
        server.server_close()


def connection(s3: str, sagemaker: str) -> str:
    """The value of AIRFLOW_CONN_AWS_DEFAULT: an address for each service."""
    services = {"s3": {"endpoint_url": s3}, "sagemaker": {"endpoint_url": sagemaker}}
    extra = {"region_name": "us-east-1", "service_config": services}
    return json.dumps({"conn_type": "aws", "login": "access-key", "password": "s3cr3t-key", "extra": extra})
