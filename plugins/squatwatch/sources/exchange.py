"""One exchange with a server of lists: what each way of answering means for a date's list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

import httpx

from squatwatch.errors import BadList, NotPublishedYet, SquatwatchError, TryLater
from squatwatch.files.lines import holds_a_name
from squatwatch.files.listfile import HTML
from squatwatch.files.streams import copy_capped
from squatwatch.net.client import header, new_client
from squatwatch.net.faults import NeedsAPerson
from squatwatch.net.request import LIST_TIMEOUTS, HttpRequest
from squatwatch.net.retries import is_busy, retry_after

SMALLEST_LIST = 100  # bytes; WhoisDS answers less than this, with status 200, until the list is there
GONE = frozenset({404, 410})


@dataclass(frozen=True)
class Exchange:
    """A `thing` asked of a server. `who` says source, host and date; `setting` is the variable to check."""

    who: str
    setting: str
    run_date: date
    timeout_seconds: float
    max_bytes: int
    max_setting: str = "SQUATWATCH_MAX_LIST_MIB"
    thing: str = "a list"
    longest_transfer: int | None = None  # in timeouts, where LIST_TIMEOUTS does not do

    @property
    def request(self) -> HttpRequest:
        """The request that the exchange consists of."""
        return HttpRequest(self.who, self.timeout_seconds, self.longest_transfer or LIST_TIMEOUTS)

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """Yield a client for the block. Raises SquatwatchError where a certificate file or a proxy does not do."""
        with self._remedies(), new_client(self.who, self.timeout_seconds) as client:
            yield client

    @contextmanager
    def answer(
        self,
        client: httpx.Client,
        method: str,
        url: httpx.URL,
        *,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        follow_redirects: bool = True,
    ) -> Iterator[httpx.Response]:
        """Yield the response, its body not read yet. Raises TryLater where the line fails, in the block too."""
        request = self.request.answer(
            client, method, url, headers=headers, json=json, follow_redirects=follow_redirects
        )
        with self._remedies(), request as response:
            yield response

    def check_status(self, response: httpx.Response) -> None:
        """Raise NotPublishedYet, TryLater or SquatwatchError where the status is not one of success."""
        status = response.status_code
        if response.is_success:
            return
        if status in GONE:
            raise NotPublishedYet(f"{self.who} answered {status}: it is not published yet")
        if is_busy(response):
            raise TryLater(f"{self.who} answered {status}", after=retry_after(response))
        raise self.stop(f"answered {status}")

    def receive(self, pieces: Iterator[bytes], response: httpx.Response, into: BinaryIO) -> None:
        """Write the body to `into`, whole or not at all. Raises NotPublishedYet, TryLater or BadList."""
        size = copy_capped(self.request.in_time(pieces), into, self.max_bytes, self.max_setting)
        if size < SMALLEST_LIST and not holds_a_name(into):  # the list of a small country may have three names
            raise NotPublishedYet(f"{self.who} answered with {size} bytes: it is not published yet")
        into.seek(0)
        beginning = into.read(1000)
        into.seek(0, 2)
        if HTML.match(beginning) or ("html" in (header(response, "Content-Type") or "") and beginning[:1] == b"<"):
            raise BadList(f"the server answered with an HTML page instead of {self.thing}; check {self.setting}")

    def stop(self, what: str, remedy: str | None = None) -> SquatwatchError:
        """Return the error for what only a person can change, by default the setting."""
        remedy = remedy or f"check {self.setting}"
        return SquatwatchError(f"{self.who} {what}; {remedy}, then run: squatwatch download --date {self.run_date}")

    @contextmanager
    def _remedies(self) -> Iterator[None]:
        """Add the next command to what only a person can mend."""
        try:
            yield
        except NeedsAPerson as fault:
            raise self.stop(fault.what, fault.remedy) from None
