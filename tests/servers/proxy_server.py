"""Proxies on loopback, of a few lines each: one that speaks SOCKS 5, one that speaks HTTP, both with a mood."""

from __future__ import annotations

import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any


@dataclass
class Proxy:
    """A proxy that runs. `targets` are the host:port that it was asked for; `login` is what it wants, user:password."""

    scheme: str
    login: str | None = None
    refusal: str | None = None  # status of an HTTP proxy, reply code of a SOCKS proxy
    port: int = 0
    targets: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.address}"


@contextmanager
def proxy_server(scheme: str, **mood: Any) -> Iterator[Proxy]:
    """Start a proxy of scheme `http` or `socks5`. Names are looked up nowhere: all lead to loopback."""
    proxy = Proxy(scheme, **mood)
    speak = _speak_socks if scheme == "socks5" else _speak_http

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError, IndexError, ValueError):
                speak(proxy, self)

    server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()


def _speak_socks(proxy: Proxy, handler: StreamRequestHandler) -> None:
    """RFC 1928, and RFC 1929 for a login."""
    offered = handler.rfile.read(handler.rfile.read(2)[1])
    wanted = 2 if proxy.login else 0
    if wanted not in offered:
        handler.wfile.write(b"\x05\xff")
        return
    handler.wfile.write(bytes([5, wanted]))
    if proxy.login:
        user = handler.rfile.read(handler.rfile.read(2)[1]).decode()
        password = handler.rfile.read(handler.rfile.read(1)[0]).decode()
        is_right = f"{user}:{password}" == proxy.login
        handler.wfile.write(bytes([1, 0 if is_right else 1]))
        if not is_right:
            return
    kind = handler.rfile.read(4)[3]
    if kind == 1:
        host = ".".join(str(part) for part in handler.rfile.read(4))
    else:
        host = handler.rfile.read(handler.rfile.read(1)[0]).decode()
    port = int.from_bytes(handler.rfile.read(2), "big")
    proxy.targets.append(f"{host}:{port}")
    reply = int(proxy.refusal or 0)
    handler.wfile.write(bytes([5, reply, 0, 1, 127, 0, 0, 1, 0, 0]))
    if not reply:
        _join(handler, port)


def _speak_http(proxy: Proxy, handler: StreamRequestHandler) -> None:
    """CONNECT, which opens a tunnel, or a request with a whole URL, which is passed on."""
    request = handler.rfile.readline().decode()
    lines = []
    while (line := handler.rfile.readline()).strip():
        lines.append(line)
    method, target, _ = request.split()
    proxy.targets.append(target)
    login = f"proxy-authorization: basic {b64encode((proxy.login or '').encode()).decode()}".lower()
    if proxy.login and login not in [line.decode().strip().lower() for line in lines]:
        handler.wfile.write(b"HTTP/1.1 407 Login please\r\nContent-Length: 0\r\n\r\n")
        return
    if proxy.refusal:
        handler.wfile.write(f"HTTP/1.1 {proxy.refusal} No\r\nContent-Length: 0\r\n\r\n".encode())
        return
    authority = target if method == "CONNECT" else target.split("/")[2]
    port = int(authority.rpartition(":")[2])
    if method == "CONNECT":
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        _join(handler, port)
    else:
        path = "/" + target.split("/", 3)[3]
        _join(handler, port, f"{method} {path} HTTP/1.1\r\n".encode() + b"".join(lines) + b"\r\n")


def _join(handler: StreamRequestHandler, port: int, begun: bytes = b"") -> None:
    """Copy what the client and the target say until one of them has ended."""
    with socket.create_connection(("127.0.0.1", port)) as target:
        target.sendall(begun)
        back = threading.Thread(target=_copy, args=(target, handler.connection), daemon=True)
        back.start()
        _copy(handler.connection, target)
        back.join(5)


def _copy(source: socket.socket, into: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(1 << 16):
            into.sendall(piece)
        into.shutdown(socket.SHUT_WR)
