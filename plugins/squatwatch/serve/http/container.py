"""The API of a container of SageMaker: `/invocations` for batch transform, `/models` for a multi-model endpoint.

SageMaker itself keeps others away from a container, so nothing is signed here. It fetches and unpacks an artifact,
names it by a hash of its own, and says in which folder it lies.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from squatwatch.models.archives import artifact_folder
from squatwatch.serve.http.answers import NotServed, wrong
from squatwatch.serve.http.body_of import body_of
from squatwatch.serve.http.invoke import invoke, told
from squatwatch.serve.http.runtime import TARGET_MODEL
from squatwatch.serve.server import Server
from squatwatch.serve.targets import Target, target_in, target_of

NAME, URL = re.compile(r"[!-.0-~]{1,256}"), re.compile(r"/[!-~]{0,1023}")
PAGE = 100  # models of a listing, unless the request says how many


class Container:
    """The models that SageMaker has put into the container: their folders by its names."""

    def __init__(self, server: Server):
        self._server = server
        self._folders: dict[str, Path] = {}

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/invocations", self._invocations, methods=["POST"]),
            Route("/models", self._load, methods=["POST"]),
            Route("/models", self._list, methods=["GET"]),
            Route("/models/{name}", self._describe, methods=["GET"]),
            Route("/models/{name}", self._unload, methods=["DELETE"]),
            Route("/models/{name}/invoke", self._invoke, methods=["POST"]),
        ]

    async def _invocations(self, request: Request) -> Response:
        named, server = request.headers.get(TARGET_MODEL), self._server
        return await invoke(
            server, request, lambda: target_of(server.settings, server.situation, server.networks, named), _whoever
        )

    async def _invoke(self, request: Request) -> Response:
        server = self._server

        def target() -> Target:
            folder = self._folder(request.path_params["name"])
            return target_in(server.settings, server.situation, server.networks, folder)

        return await invoke(server, request, target, _whoever)

    async def _load(self, request: Request) -> Response:
        async def answer() -> Response:
            body = await body_of(request, self._server.settings.serve_bytes, self._server.settings.serve_seconds)
            name, folder = _named_folder(body)
            if name in self._folders:
                raise NotServed(409, "Conflict", f"the model {name} is loaded already")
            self._folders[name] = folder
            try:
                await self._server.run(lambda: self._server.networks.get(folder))
            except BaseException:
                del self._folders[name]
                raise
            return JSONResponse({})

        return await told(answer)

    async def _list(self, request: Request) -> Response:
        async def answer() -> Response:
            count = _count(request.query_params.get("limit", str(PAGE)))
            after = request.query_params.get("next_page_token", "")
            names = sorted(name for name in self._folders if name > after)
            page: dict[str, Any] = {"models": [self._described(name) for name in names[:count]]}
            return JSONResponse(page | ({"nextPageToken": names[count - 1]} if len(names) > count else {}))

        return await told(answer)

    async def _describe(self, request: Request) -> Response:
        async def answer() -> Response:
            name = request.path_params["name"]
            self._folder(name)
            return JSONResponse(self._described(name))

        return await told(answer)

    async def _unload(self, request: Request) -> Response:
        async def answer() -> Response:
            name = request.path_params["name"]
            self._server.networks.unload(self._folder(name))
            del self._folders[name]
            return JSONResponse({})

        return await told(answer)

    def _folder(self, name: str) -> Path:
        if name not in self._folders:
            raise NotServed(404, "ModelNotFoundException", f"the model {name} is not loaded")
        return self._folders[name]

    def _described(self, name: str) -> dict[str, str]:
        return {"modelName": name, "modelUrl": str(self._folders[name])}


def _named_folder(body: bytes) -> tuple[str, Path]:
    """Return name and folder of a model to load. Raises NotServed for a body without them."""
    try:
        document = json.loads(body)
        name, url = document["model_name"], document["url"]
    except (ValueError, TypeError, KeyError, RecursionError):
        name = url = None
    if not isinstance(name, str) or not NAME.fullmatch(name) or not isinstance(url, str) or not URL.fullmatch(url):
        raise wrong('the body is not {"model_name": NAME, "url": FOLDER}, of printable letters without blanks')
    return name, artifact_folder(Path(url))


def _count(written: str) -> int:
    if not written.isdecimal() or not 1 <= int(written) <= 10_000:
        raise wrong(f"limit is {written[:20]!r}, which is no number from 1 to 10000")
    return int(written)


def _whoever(body: bytes | None) -> None:
    """Let everybody in."""
