"""A proxy before an S3 server that answers some requests itself, or breaks off, as a test wants."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

ERROR = "<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>"

# what happens to a request: None, it is passed on; (status, code), an error; "cut", the answer breaks off in its body;
# "lost", it is passed on and the answer never comes
Fault = tuple[int, str] | str | None


class FaultyProxy:
    """`fault(method, path)` decides for each request; `seen` has those that were passed on."""

    def __init__(self, address: str):
        self.address = address  # of the proxy
        self.seen: list[tuple[str, str]] = []
        self.fault: Callable[[str, str], Fault] = lambda method, path: None

    def once(self, fault: Fault, method: str, part: str) -> None:
        """One request of this method with `part` in its path meets the fault; what comes after does not."""
        left = [fault]
        self.fault = lambda asked, path: left.pop() if left and asked == method and part in path else None


@contextmanager
def faulty_proxy(server: str) -> Iterator[FaultyProxy]:
    """Gives a proxy before the server, without faults so far."""
    host = urlsplit(server).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            fault = proxy.fault(self.command, unquote(self.path))
            if isinstance(fault, tuple):
                return self.answer(fault[0], {}, ERROR.format(code=fault[1]).encode())
            proxy.seen.append((self.command, unquote(self.path)))
            upstream = http.client.HTTPConnection(host, timeout=30)
            headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
            upstream.request(self.command, self.path, body, headers)
            answer = upstream.getresponse()
            content = answer.read()
            upstream.close()
            if fault == "lost":
                self.close_connection = True
                return None
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in HOP}
            return self.answer(answer.status, kept, content, cut=fault == "cut")

        do_GET = do_PUT = do_DELETE = do_HEAD = do_POST = handle_one

        def handle_expect_100(self):
            self.send_response_only(100)
            self.end_headers()
            return True

        def answer(self, status, headers, content, cut=False):
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(OSError):  # the client left first
                content = b"" if self.command == "HEAD" else content
                self.wfile.write(content[: len(content) // 2] if cut else content)
            self.close_connection = self.close_connection or cut

        def log_message(self, *_):
            pass

    class Listener(ThreadingHTTPServer):
        def handle_error(self, *_):
            """Clients that are told to try again leave without a word."""

    listener = Listener(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    proxy = FaultyProxy(f"http://127.0.0.1:{listener.server_port}")
    threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield proxy
    finally:
        listener.shutdown()
        listener.server_close()


HOP = {"connection", "content-length", "transfer-encoding", "date", "server"}
