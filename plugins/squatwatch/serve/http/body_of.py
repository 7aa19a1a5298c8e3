"""The body of a request, as it comes over the wire: not too large, and not too slow."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

from squatwatch.serve.http.answers import NotServed, too_large, too_slow


async def body_of(request: Request, most: int, seconds: float) -> bytes:
    """Return the body.

    Raises NotServed where it is announced or turns out larger than `most` bytes, is not there after `seconds`, or the
    client goes away.
    """
    if announced(request) > most:
        raise _larger_than(most)
    try:
        async with asyncio.timeout(seconds):
            return await _read(request, most)
    except TimeoutError:
        raise too_slow(f"the body was not there after {seconds:g} seconds") from None
    except ClientDisconnect:
        raise too_slow("the client went away") from None


def announced(request: Request) -> int:
    """Return the bytes that a body is said to have; 0 where nothing is said."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


async def _read(request: Request, most: int) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise _larger_than(most)
    return bytes(body)


def _larger_than(most: int) -> NotServed:
    return too_large(f"the body has more than {most:,} bytes; send fewer names in a request")
