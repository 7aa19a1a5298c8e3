"""Results of sending alerts, sink by sink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass
class Delivery:
    """Numbers of a sink's alerts sent, rejected and given up; `problem` says why some still wait, "" if none do."""

    sink: str
    sent: int = 0
    rejected: int = 0
    failed: int = 0
    problem: str = ""


@dataclass(frozen=True)
class Delivered:
    """The deliveries to all sinks; none where no alerts file is set."""

    deliveries: Sequence[Delivery]

    @property
    def troubled(self) -> list[Delivery]:
        """Return the deliveries after which some alerts still wait."""
        return [delivery for delivery in self.deliveries if delivery.problem]
