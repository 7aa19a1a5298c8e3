"""A timeout for the handshake with a SOCKS proxy: httpcore waits for the proxy's replies without end."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx


def limit_handshakes(client: httpx.Client, seconds: float) -> None:
    """Let each step of a handshake take so long at most; then it is a timeout like others.

    httpx has no argument for it, so its pools are given another backend; tests/plugins/net holds that it works.
    """
    for transport in client._mounts.values():
        pool = getattr(transport, "_pool", None)
        if isinstance(pool, httpcore.SOCKSProxy):
            pool._network_backend = _Backend(seconds)


class _Backend(httpcore.SyncBackend):
    def __init__(self, seconds: float):
        self._seconds = seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(super().connect_tcp(host, port, timeout, local_address, socket_options), self._seconds)


class _Stream(httpcore.NetworkStream):
    """A stream whose reads and writes have a timeout, also where the caller names none."""

    def __init__(self, stream: httpcore.NetworkStream, seconds: float):
        self._stream, self._seconds = stream, seconds

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout or self._seconds)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout or self._seconds)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return self._stream.start_tls(ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
