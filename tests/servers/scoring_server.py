"""The scoring server in a thread of the test, on a port of its own, and clients of it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import boto3
import uvicorn
from botocore.config import Config

from squatwatch.access import Door
from squatwatch.serve.run import config_of
from squatwatch.serve.server import Server
from squatwatch.settings import Settings


@contextlib.contextmanager
def serving(settings: Settings) -> Iterator[SimpleNamespace]:
    """Serves with these settings; gives the address, the server behind it and its open connections."""
    server = Server(settings)
    server.warm()
    door = Door(settings.serve_access_file, check_seconds=0) if settings.serve_access_file else None
    config = config_of(server, door)
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listening:
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, args=[[listening]])
        thread.start()
        try:
            host, port = listening.getsockname()
            while not running.started:
                assert thread.is_alive(), "the server did not start"
                thread.join(0.01)
            yield SimpleNamespace(
                url=f"http://{host}:{port}", port=port, server=server, connections=running.server_state.connections
            )
        finally:
            running.should_exit = True
            thread.join()


def runtime_client(
    url: str, key: str = "AKIAEXAMPLE", secret: str = "any", verify: str | None = None, **options: object
):
    """boto3's own client of SageMaker's runtime, with another address and nothing else."""
    return boto3.client(
        "sagemaker-runtime",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        verify=verify,
        config=Config(retries={"max_attempts": 0}, **options),
    )


def invoke(client, body: str | bytes, content_type: str = "text/csv", **options: str) -> str:
    """Invokes the endpoint and returns the body of its answer."""
    answer = client.invoke_endpoint(EndpointName="squatwatch", ContentType=content_type, Body=body, **options)
    return answer["Body"].read().decode()
