"""What every source of lists has in common: what it is, what it reports, how its template is filled in."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Protocol

from squatwatch.errors import SquatwatchError


@dataclass(frozen=True)
class Receipt:
    """The facts of one transfer, for the ledger. `location` is fit to be read by anyone: no path of a URL in it."""

    location: str
    http_status: int | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class Source(Protocol):
    """Something that has one list a date."""

    name: str

    def location(self, run_date: date) -> str:
        """Where the date's list comes from, fit for messages and the ledger."""

    def fetch(self, run_date: date, into: BinaryIO) -> Receipt:
        """Writes the date's list, as received, to `into`, an empty file open for writing and seeking.

        Raises NotPublishedYet (ask again later), TryLater (the same, sooner or at its own time),
        BadList (something else came) and SquatwatchError (nothing will come until someone changes something).
        """


def fill_in(template: str, day: date, setting: str, **more: str) -> str:
    """The template with its fields `date` and `base64` (of `YYYY-MM-DD.zip`, as WhoisDS wants it) and `more` filled in.

    Raises SquatwatchError naming the setting where the template is not one. The message does not repeat
    the template, which may hold a password.
    """
    encoded = b64encode(f"{day}.zip".encode()).decode()
    try:
        return template.format(date=day, base64=encoded, **more)
    except (KeyError, IndexError, ValueError, AttributeError, TypeError):
        fields = ", ".join(["{date:%Y-%m-%d}", *(f"{{{name}}}" for name in more)])
        raise SquatwatchError(
            f"{setting} is not a template that {day} can be put into: "
            f"its fields are {fields} and {{base64}}; a brace that means itself is written twice"
        ) from None
