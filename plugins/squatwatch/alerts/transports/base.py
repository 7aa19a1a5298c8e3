"""The base of all transports: what one is given, and how it is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from squatwatch.alerts.alert import Alert


class Document(NamedTuple):
    """An alert, and what it looks like in the sink's format."""

    alert: Alert
    body: dict[str, Any]


class Transport(Protocol):
    """A way to a receiver."""

    def send(self, batch: str, documents: Sequence[Document]) -> int | None:
        """Send the documents and return the receiver's status code, None where it has none.

        Raises Busy, Rejected or Misconfigured. `batch` is the same name when the same documents come again.
        """
        ...
