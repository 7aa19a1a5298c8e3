"""The base of all sources of lists: what one is, what it reports, how its template is filled in."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Protocol

from squatwatch.errors import SquatwatchError

TWO_DAYS = (date(2026, 11, 10), date(2026, 11, 11))  # that a template must tell apart


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

    @property
    def name(self) -> str:
        """Name of the source in the settings, the ledger and the tables."""

    def location(self, run_date: date) -> str:
        """Return where the date's list comes from, fit for messages and the ledger."""

    def fetch(self, run_date: date, into: BinaryIO) -> Receipt:
        """Write the date's list, as received, to `into`, an empty file open for writing and seeking.

        Raises NotPublishedYet (ask again later), TryLater (the same, sooner or at its own time),
        BadList (something else came) and SquatwatchError (nothing will come until someone changes something).
        """


def fill_in(template: str, day: date, setting: str, *, is_daily: bool = True, **more: str) -> str:
    """Return the template with its fields `date` and `base64` (of `YYYY-MM-DD.zip`, as WhoisDS wants it) and `more`.

    Raises SquatwatchError naming the setting where the template is not one, and where it `is_daily` and gives the same
    text for two days: every date would get the same list. The message does not repeat the template, which may hold a
    password.
    """
    try:
        text, *two_days = (_filled_in(template, list_date, **more) for list_date in (day, *TWO_DAYS))
    except (KeyError, IndexError, ValueError, AttributeError, TypeError):
        fields = ", ".join(["{date:%Y-%m-%d}", *(f"{{{name}}}" for name in more)])
        raise SquatwatchError(
            f"{setting} is not a template that {day} can be put into: "
            f"its fields are {fields} and {{base64}}; a brace that means itself is written twice"
        ) from None
    if is_daily and len(set(two_days)) == 1:
        fault = "its {date} gives no day" if "{date" in template else "it has no {date}"
        raise SquatwatchError(
            f"{setting} names the same list for every day: {fault}; "
            "write {date:%Y-%m-%d} where the day of a list stands in its name"
        )
    return text


def _filled_in(template: str, day: date, **more: str) -> str:
    return template.format(date=day, base64=b64encode(f"{day}.zip".encode()).decode(), **more)
