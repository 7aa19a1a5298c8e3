"""A server on loopback that takes what is sent to it, or answers as badly as it is told to."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Request(NamedTuple):
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Response(NamedTuple):
    """`body` None closes the line without an answer."""

    status: int = 200
    body: bytes | None = b"{}"
    headers: Mapping[str, str] = {}


class Receiver:
    """`answer` may be changed at any time; `got` is every request, `took` those that were answered with success."""

    def __init__(self, scheme: str):
        self.scheme, self.port = scheme, 0
        self.answer: Callable[[Request], Response] = lambda request: Response()
        self.got: list[Request] = []
        self.took: list[Request] = []

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"


@contextmanager
def receiver(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    what = Receiver("https" if context else "http")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(self.command, self.path, dict(self.headers), body)
            what.got.append(request)
            answer = what.answer(request)
            if answer.body is None:
                self.close_connection = True
                return
            if answer.status < 300:  # before the client knows, who may look at once
                what.took.append(request)
            with suppress(OSError):  # the client left first
                self.send_response(answer.status)
                for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

        do_POST = do_PUT = do_GET

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.handle_error = True, lambda *_: None  # clients may leave first
    what.port = server.server_port
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield what
    finally:
        server.shutdown()
        server.server_close()
