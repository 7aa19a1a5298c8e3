"""One exchange with an HTTP server: what each way of answering leads to, the same for every source."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import BinaryIO

import httpx

from squatwatch.errors import BadList, NotPublishedYet, SquatwatchError, TryLater
from squatwatch.files.lines import holds_a_name
from squatwatch.files.listfile import HTML
from squatwatch.files.streams import copy_capped
from squatwatch.net.client import RedirectToHttp, header, moment_of

SMALLEST_LIST = 100  # bytes; WhoisDS answers less than this, with status 200, until the list is there
LONGEST_RETRY_AFTER = timedelta(days=1)
# in timeouts; a server that trickles a byte a minute is not silent, and would hold a worker for ever
LONGEST_TRANSFER = 20
BUSY = {408, 425, 429}
GONE = {404, 410}


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
    longest_transfer: int | None = None  # in timeouts, where LONGEST_TRANSFER does not do

    @contextmanager
    def answer(self, client: httpx.Client, method: str, url: httpx.URL, **options: object) -> Iterator[httpx.Response]:
        """The response, its body not read yet. Whatever goes wrong with the line in the block is TryLater."""
        try:
            with client.stream(method, url, **options) as response:
                yield response
        except RedirectToHttp:
            raise self.stop("redirects from https to http") from None
        except httpx.TimeoutException:
            raise TryLater(f"{self.who} did not answer within {self.timeout_seconds:g} s") from None
        except httpx.TooManyRedirects:
            raise self.stop("redirects without end") from None
        except httpx.ConnectError as error:
            if is_bad_certificate(error):
                raise self.stop("has a certificate that cannot be trusted") from None
            raise TryLater(f"{self.who} could not be reached ({error})") from None
        except (httpx.RequestError, httpx.StreamError) as error:
            # not the error's own text: one of them quotes the Location of a redirect
            raise TryLater(f"{self.who} broke off ({type(error).__name__})") from None

    def check_status(self, response: httpx.Response) -> None:
        """Raises NotPublishedYet, TryLater or SquatwatchError where the status is not one of success."""
        status = response.status_code
        if response.is_success:
            return
        if status in GONE:
            raise NotPublishedYet(f"{self.who} answered {status}: it is not published yet")
        if status in BUSY or response.is_server_error:
            raise TryLater(f"{self.who} answered {status}", after=retry_after(response))
        raise self.stop(f"answered {status}")

    def receive(self, pieces: Iterator[bytes], response: httpx.Response, into: BinaryIO) -> None:
        """The body, complete or not at all: httpx counts. Raises NotPublishedYet, TryLater or BadList."""
        size = copy_capped(self.in_time(pieces), into, self.max_bytes, self.max_setting)
        if size < SMALLEST_LIST and not holds_a_name(into):  # the list of a small country may have three names
            raise NotPublishedYet(f"{self.who} answered with {size} bytes: it is not published yet")
        into.seek(0)
        beginning = into.read(1000)
        into.seek(0, 2)
        if HTML.match(beginning) or ("html" in header(response, "Content-Type", "") and beginning[:1] == b"<"):
            raise BadList(f"the server answered with an HTML page instead of {self.thing}; check {self.setting}")

    def in_time(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        limit = (self.longest_transfer or LONGEST_TRANSFER) * self.timeout_seconds
        end = monotonic() + limit
        for piece in pieces:
            yield piece
            if monotonic() > end:
                raise TryLater(f"{self.who} was still sending after {limit:g} s")

    def stop(self, what: str, remedy: str | None = None) -> SquatwatchError:
        """The error for what only a person can change, by default the setting."""
        remedy = remedy or f"check {self.setting}"
        return SquatwatchError(f"{self.who} {what}; {remedy}, then run: squatwatch download --date {self.run_date}")


def retry_after(response: httpx.Response) -> timedelta | None:
    """Retry-After as seconds or as an HTTP date; None where the server names none that can be read."""
    value = response.headers.get("Retry-After", "").strip()
    try:
        after = float(value) if value.isdecimal() else (moment_of(value) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None
    return timedelta(seconds=min(max(after, 0), LONGEST_RETRY_AFTER.total_seconds()))


def is_bad_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
