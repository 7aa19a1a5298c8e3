"""What the server answers a request that it cannot serve, with the words and fields of the real service."""

from __future__ import annotations

import json

from starlette.responses import Response


class NotServed(Exception):
    """A request that is not served; `code` is the error class that AWS clients raise for it."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None):
        super().__init__(message)
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after

    def response(self) -> Response:
        """Return the answer."""
        headers = {"x-amzn-ErrorType": self.code}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        body = json.dumps({"Code": self.code, "Message": self.message})
        return Response(body, self.status, headers, "application/json")


def wrong(message: str) -> NotServed:
    """Return the answer to a request that cannot be understood."""
    return NotServed(400, "ValidationError", message)


def too_large(message: str) -> NotServed:
    """Return the answer to a request that is larger than is taken."""
    return NotServed(413, "ValidationError", message)


def of_another_type(message: str) -> NotServed:
    """Return the answer to a content type that nobody knows."""
    return NotServed(415, "ValidationError", message)


def too_slow(message: str) -> NotServed:
    """Return the answer to a client that does not send what it announced."""
    return NotServed(408, "RequestTimeout", message)


def busy(message: str) -> NotServed:
    """Return the answer while too many requests wait."""
    return NotServed(503, "ServiceUnavailable", message, retry_after=1)


def stopping() -> NotServed:
    """Return the answer to whoever still waits when the server may wait no longer with its end."""
    return NotServed(503, "ServiceUnavailable", "the server stops; come again in a few seconds", retry_after=5)


def broken_model(message: str) -> NotServed:
    """Return the answer for a model that is there and cannot be used."""
    return NotServed(424, "ModelError", message)


def failed() -> NotServed:
    """Return the answer to what nobody foresaw; the log has the traceback."""
    return NotServed(500, "InternalFailure", "the request failed for a reason that the server's log has")
