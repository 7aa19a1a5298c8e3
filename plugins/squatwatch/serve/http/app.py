"""The application: which routes there are, and what it does when it starts and stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from squatwatch.access import Door
from squatwatch.serve.http.answers import NotServed
from squatwatch.serve.http.container import Container
from squatwatch.serve.http.runtime import runtime_routes
from squatwatch.serve.server import Server

TEXT_FORMAT = "text/plain; version=1.0.0; charset=utf-8"


def create_app(server: Server, door: Door | None) -> Starlette:
    """Return the application of a server, which was warmed, so that the first request is as fast as others."""

    @asynccontextmanager
    async def living(app: Starlette) -> AsyncIterator[None]:
        looking = asyncio.create_task(server.keep_looking())
        yield
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        server.close()

    async def ping(request: Request) -> Response:
        return Response()

    async def metrics(request: Request) -> Response:
        return PlainTextResponse(server.metrics.text(), headers={"Content-Type": TEXT_FORMAT})

    routes = [Route("/ping", ping), Route("/metrics", metrics)]
    routes += Container(server).routes() if server.settings.serve_container else runtime_routes(server, door)
    app = Starlette(routes=routes, lifespan=living, exception_handlers={HTTPException: no_route})
    app.router.redirect_slashes = False
    return app


async def no_route(request: Request, error: Exception) -> Response:
    """Return the answer to a path or method that there is none of, in the service's own form."""
    assert isinstance(error, HTTPException)
    return NotServed(error.status_code, "UnknownOperationException", error.detail).response()
