"""Faults of a connection besides the other side's answer."""

from __future__ import annotations

from squatwatch.errors import BadList, SquatwatchError


class NeedsAPerson(SquatwatchError):
    """Asking again does not help: a certificate, a proxy, a variable or an address has to be corrected first.

    The message is `who` (what is asked of whom), `what` is wrong with it, and the `remedy`, where one is known.
    """

    def __init__(self, who: str, what: str, remedy: str | None = None):
        super().__init__(f"{who} {what}" + (f"; {remedy}" if remedy else ""))
        self.what, self.remedy = what, remedy


class TooLarge(BadList):
    """An answer has more bytes than are read of it."""


class NoConnection(SquatwatchError):
    """There is no Airflow connection of that name, or none that can be read."""
