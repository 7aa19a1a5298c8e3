"""One invocation, whatever way it came: read, scored, answered, counted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import perf_counter

from starlette.requests import Request
from starlette.responses import Response

from squatwatch.access import Refused
from squatwatch.errors import SquatwatchError
from squatwatch.serve.http.answers import NotServed, broken_model, failed, of_another_type, stopping, too_large
from squatwatch.serve.http.bodies import WITH_COMPONENTS, answer_type, read_body, write_body
from squatwatch.serve.http.body_of import announced, body_of
from squatwatch.serve.inference.infer import TooManyPairs, infer
from squatwatch.serve.server import Server
from squatwatch.serve.targets import Target

log = logging.getLogger(__name__)


async def invoke(
    server: Server, request: Request, target: Callable[[], Target], let_in: Callable[[bytes | None], None]
) -> Response:
    """Return the answer to an invocation.

    `target()` is the network that it is for. `let_in(body)` raises Refused where the request may not be answered; with
    None where that is clear before there is a body.
    """

    async def answer() -> Response:
        settings = server.settings
        content_type = request.headers.get("content-type", "text/csv")
        kind = answer_type(request.headers.get("accept", ""), content_type)
        if (coding := request.headers.get("content-encoding", "identity").strip().lower()) != "identity":
            raise of_another_type(f"the body is encoded by {coding[:100]!r}; send it as it is")
        let_in(None)
        with server.holding(announced(request) or settings.serve_bytes):
            body = await body_of(request, settings.serve_bytes, settings.serve_seconds)
            let_in(body)
            return await server.run(lambda: _scored(server, body, content_type, kind, target))

    return await counted(server, answer)


def _scored(server: Server, body: bytes, content_type: str, kind: str, target: Callable[[], Target]) -> Response:
    asked = read_body(body, content_type, server.settings.serve_names)
    server.metrics.asked(len(asked))
    network = target()
    answers = infer(asked, network.scorer, network.rules, with_components=kind in WITH_COMPONENTS)
    return Response(write_body(answers, network.scorer.model_version, kind), media_type=kind)


async def counted(server: Server, answer: Callable[[], Awaitable[Response]]) -> Response:
    """Return an answer, or what stands in its place where there is none, and count it."""
    began = perf_counter()
    response = await told(answer)
    server.metrics.answered(response.status_code, perf_counter() - began)
    return response


async def told(answer: Callable[[], Awaitable[Response]]) -> Response:
    """Return an answer, or in words why there is none."""
    try:
        return await answer()
    except Refused as refused:
        return Response(refused.body, refused.status, refused.headers)
    except NotServed as not_served:
        return not_served.response()
    except TooManyPairs as error:
        return too_large(str(error)).response()
    except SquatwatchError as error:
        return broken_model(str(error)).response()
    except asyncio.CancelledError:  # only an end of the server that took too long cancels a request
        return stopping().response()
    except Exception:
        log.exception("a request failed")
        return failed().response()
