"""HTTP connections that end where a client does not do its part: no request comes, headers never end, nobody reads.

uvicorn limits the time between two requests and nothing else, and its parser collects headers of any length.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_SECONDS = 20.0  # from the first byte of a request, or the connection, until its headers are there
HEADER_BYTES = 65_536
READ_SECONDS = 60.0  # until a client has read an answer
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class ImpatientProtocol(HttpToolsProtocol):
    """A connection of uvicorn that waits for a client only so long."""

    _header_bytes = 0
    _header_wait: asyncio.TimerHandle | None = None
    _read_wait: asyncio.TimerHandle | None = None
    _in_body = False

    def connection_made(self, transport: Any) -> None:
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait_for_headers()

    def data_received(self, data: bytes) -> None:
        """Take what came, unless headers get too long."""
        if not self._in_body:
            self._header_bytes += len(data)
            self._wait_for_headers()
            # what stands before a body's first byte is known when it is parsed: one piece may have both
            if self._header_bytes > HEADER_BYTES + len(data):
                self.transport.write(TOO_LARGE)
                self.transport.close()
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Wait no longer for them."""
        self._in_body, self._header_bytes = True, 0
        self._stop_waiting_for_headers()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect headers again."""
        self._in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait until the answer is read."""
        super().on_response_complete()
        self._stop_waiting_for_a_reader()
        if self.transport.get_write_buffer_size():
            self._read_wait = self.loop.call_later(READ_SECONDS, self._end_if_unread)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing: the client went away."""
        self._stop_waiting_for_headers()
        self._stop_waiting_for_a_reader()
        super().connection_lost(exc)

    def _wait_for_headers(self) -> None:
        if self._header_wait is None:
            self._header_wait = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def _end_if_unread(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def _stop_waiting_for_headers(self) -> None:
        if self._header_wait:
            self._header_wait.cancel()
            self._header_wait = None

    def _stop_waiting_for_a_reader(self) -> None:
        if self._read_wait:
            self._read_wait.cancel()
            self._read_wait = None
