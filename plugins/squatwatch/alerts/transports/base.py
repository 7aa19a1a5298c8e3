"""What every transport has in common: what it is given, and how it is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from squatwatch.alerts.alert import Alert


class Document(NamedTuple):
    """An alert, and what it looks like in the sink's format."""

    alert: Alert
    body: dict[str, Any]


class Transport(Protocol):
    def send(self, batch: str, documents: Sequence[Document]) -> int | None:
        """Returns the status code of the receiver, if it has such. Raises Busy, Rejected, Misconfigured."""
