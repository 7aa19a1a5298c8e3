"""A request as it came over the wire, in the form in which an ASGI server has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

TARGET_MODEL = "x-amzn-sagemaker-target-model"


@dataclass(frozen=True)
class Request:
    """A request as its signature covers it, and where it came from.

    `raw_path` is the path as it was sent, still percent-encoded and without the query. `headers` may repeat a name.
    `body_sha256` is the SHA-256 of the whole body in hexadecimal digits: the server has to compute it from the bytes
    that it will read, never to take it from a header.
    """

    method: str
    raw_path: bytes
    query_string: bytes
    headers: Sequence[tuple[bytes, bytes]]
    body_sha256: str
    source_ip: str | None = None
    is_tls: bool = False

    @cached_property
    def header_pairs(self) -> list[tuple[str, str]]:
        """The `(name, value)` of each header as text, names in lower case."""
        return [(_text(name).lower(), _text(value)) for name, value in self.headers]

    def header_values(self, name: str) -> list[str]:
        """Return the values of a header, as often as it was sent; `name` in lower case."""
        return [value for other, value in self.header_pairs if other == name]

    def header(self, name: str) -> str | None:
        """Return the first value of a header, None where it was not sent; `name` in lower case."""
        return next(iter(self.header_values(name)), None)


def _text(raw: bytes) -> str:
    """Return a header's text: clients of AWS send UTF-8; other bytes are taken one by one, and none is lost."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
