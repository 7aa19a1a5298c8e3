"""One question: a name, and perhaps the brand that it is compared with."""

from __future__ import annotations

from typing import NamedTuple


class Asked(NamedTuple):
    """A name as it came, and the brand that it is compared with; None for all that it resembles.

    `is_label`: it is a label already, of whatever domain.
    """

    name: str
    brand: str | None = None
    is_label: bool = False
