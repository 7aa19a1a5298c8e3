"""The API of SageMaker's runtime: `POST /endpoints/{endpoint}/invocations`, as boto3's `sagemaker-runtime` calls it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from squatwatch.access import Door
from squatwatch.access import Request as Signed
from squatwatch.serve.http.answers import wrong
from squatwatch.serve.http.browsers import demand_local
from squatwatch.serve.http.invoke import invoke
from squatwatch.serve.server import Server
from squatwatch.serve.targets import Target, target_of

TARGET_MODEL = "x-amzn-sagemaker-target-model"
ATTRIBUTES = "x-amzn-sagemaker-custom-attributes"
VARIANT = {"x-Amzn-Invoked-Production-Variant": "AllTraffic"}


def runtime_routes(server: Server, door: Door | None) -> list[Route]:
    """Return the route of the runtime. Without a door whoever reaches the server is let in."""

    async def invocations(request: Request) -> Response:
        endpoint, named = request.path_params["endpoint"], request.headers.get(TARGET_MODEL)

        def target() -> Target:
            if endpoint != server.settings.serve_endpoint:
                raise wrong(f"Endpoint {endpoint} not found.")
            return target_of(server.settings, server.situation, server.networks, named)

        response = await invoke(server, request, target, _let_in(door, request, named, endpoint))
        response.headers.update(VARIANT)
        if attributes := request.headers.get(ATTRIBUTES):
            response.headers[ATTRIBUTES] = attributes
        return response

    return [Route("/endpoints/{endpoint}/invocations", invocations, methods=["POST"])]


def _let_in(door: Door | None, request: Request, named: str | None, endpoint: str) -> Callable[[bytes | None], None]:
    """Return what lets the request in: whoever has signed it, or a program of this machine where there is no door."""

    def by_door(body: bytes | None) -> None:
        assert door
        if body is None:
            door.recognise(_signed(request, b""), datetime.now(UTC))
        else:
            door.authorize(_signed(request, body), named, endpoint, datetime.now(UTC))

    return by_door if door else lambda body: demand_local(request)


def _signed(request: Request, body: bytes) -> Signed:
    scope = request.scope
    return Signed(
        request.method,
        scope["raw_path"].partition(b"?")[0],
        scope["query_string"],
        scope["headers"],
        sha256(body).hexdigest(),
        request.client.host if request.client else None,
        request.url.scheme == "https",
    )
