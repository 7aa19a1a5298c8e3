"""A list behind a URL: WhoisDS and any other server.

A feed that costs money carries its credentials in the URL's path. So a URL is shown, logged and kept in the ledger
as scheme and host only, and the loggers of httpx, which print whole URLs, are turned down.
"""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic, sleep
from typing import BinaryIO

import httpx
from pydantic import SecretStr
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from squatwatch.errors import BadList, NotPublishedYet, SquatwatchError, TryLater
from squatwatch.listfile import HTML
from squatwatch.sources.base import Receipt, copy_capped, fill_in

log = logging.getLogger(__name__)

SMALLEST_LIST = 100  # bytes; WhoisDS answers less than this, with status 200, until the list is there
LONGEST_WAIT = timedelta(seconds=60)  # a longer Retry-After is for the scheduler to wait out, not for a worker
LONGEST_RETRY_AFTER = timedelta(days=1)
# in timeouts; a server that trickles a byte a minute is not silent, and would hold a worker for ever
LONGEST_TRANSFER = 20
HOST = re.compile(r"[\w.:-]+")  # a name or an address; what httpx takes for a host besides may be a password
BUSY = {408, 425, 429}
GONE = {404, 410}
pause = wait_exponential(multiplier=1, max=LONGEST_WAIT.total_seconds())


@dataclass(frozen=True)
class HttpSource:
    """`template` gives the URL of a date, `setting` is the variable it was read from, for messages."""

    name: str
    template: SecretStr
    setting: str
    max_bytes: int
    timeout_seconds: float
    attempts: int

    def location(self, run_date: date) -> str:
        """Scheme and host; the rest of the URL is nobody's business."""
        url = self._url(run_date)
        return f"{url.scheme}://{url.host}"

    def fetch(self, run_date: date, into: BinaryIO) -> Receipt:
        """Tries again, as often as `attempts` says, where the server is busy or breaks off and the wait is short."""
        request = _Request(self, run_date, self._url(run_date))
        retrying = Retrying(
            retry=retry_if_exception(_is_worth_waiting),
            stop=stop_after_attempt(self.attempts),
            wait=_wait,
            before_sleep=_log_wait,
            sleep=sleep,
            reraise=True,
        )
        with request.client() as client:
            return retrying(request.send, client, into)

    def _url(self, run_date: date) -> httpx.URL:
        text = fill_in(self.template.get_secret_value(), run_date, self.setting)
        try:
            url = httpx.URL(text)
        except httpx.InvalidURL:
            url = httpx.URL()
        if url.scheme not in ("http", "https") or not HOST.fullmatch(url.host):
            raise SquatwatchError(f"{self.setting} is not the URL of a list: it begins with https:// and a host")
        return url


@dataclass(frozen=True)
class _Request:
    """One list asked for, once per `send`."""

    source: HttpSource
    run_date: date
    url: httpx.URL

    def client(self) -> httpx.Client:
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        return httpx.Client(
            timeout=self.source.timeout_seconds,
            follow_redirects=True,
            max_redirects=5,
            event_hooks={"response": [self._check_redirect]},
            headers={"Accept-Encoding": "identity", "User-Agent": "squatwatch"},
        )

    def send(self, client: httpx.Client, into: BinaryIO) -> Receipt:
        into.seek(0)
        into.truncate()
        try:
            with client.stream("GET", self.url) as response:
                self._check_status(response)
                self._receive(response, into)
        except httpx.TimeoutException:
            raise TryLater(f"{self} did not answer within {self.source.timeout_seconds:g} s") from None
        except httpx.TooManyRedirects:
            raise self._stop("redirects without end") from None
        except httpx.ConnectError as error:
            if _is_bad_certificate(error):
                raise self._stop("has a certificate that cannot be trusted") from None
            raise TryLater(f"{self} could not be reached ({error})") from None
        except (httpx.RequestError, httpx.StreamError) as error:
            # not the error's own text: one of them quotes the Location of a redirect
            raise TryLater(f"{self} broke off ({type(error).__name__})") from None
        return self._receipt(response)

    def __str__(self) -> str:
        return f"source {self.source.name}: {self.source.location(self.run_date)} for the list of {self.run_date}"

    def _check_redirect(self, response: httpx.Response) -> None:
        """The path of an https URL, which may be a password, does not travel on in the open."""
        if response.has_redirect_location and self.url.scheme == "https":
            target = response.headers["Location"].strip().lower()
            if target.startswith("http:"):
                raise self._stop("redirects from https to http")

    def _check_status(self, response: httpx.Response) -> None:
        status = response.status_code
        if response.is_success:
            return
        if status in GONE:
            raise NotPublishedYet(f"{self} answered {status}: it is not published yet")
        if status in BUSY or response.is_server_error:
            raise TryLater(f"{self} answered {status}", after=_retry_after(response))
        raise self._stop(f"answered {status}")

    def _receive(self, response: httpx.Response, into: BinaryIO) -> None:
        """The body as the server holds it (its transfer encodings undone), complete or not at all: httpx counts."""
        size = copy_capped(self._in_time(response), into, self.source.max_bytes)
        if size < SMALLEST_LIST:
            raise NotPublishedYet(f"{self} answered with {size} bytes: it is not published yet")
        into.seek(0)
        beginning = into.read(1000)
        into.seek(0, 2)
        if HTML.match(beginning) or ("html" in _header(response, "Content-Type", "") and beginning[:1] == b"<"):
            raise BadList(f"the server answered with an HTML page instead of a list; check {self.source.setting}")

    def _in_time(self, response: httpx.Response) -> Iterator[bytes]:
        limit = LONGEST_TRANSFER * self.source.timeout_seconds
        end = monotonic() + limit
        for piece in response.iter_bytes():
            yield piece
            if monotonic() > end:
                raise TryLater(f"{self} was still sending after {limit:g} s")

    def _receipt(self, response: httpx.Response) -> Receipt:
        return Receipt(
            self.source.location(self.run_date),
            http_status=response.status_code,
            content_type=_header(response, "Content-Type"),
            etag=_header(response, "ETag"),
            last_modified=_header(response, "Last-Modified"),
        )

    def _stop(self, what: str) -> SquatwatchError:
        return SquatwatchError(
            f"{self} {what}; check {self.source.setting}, then run: squatwatch download --date {self.run_date}"
        )


def _header(response: httpx.Response, name: str, default: str | None = None) -> str | None:
    value = response.headers.get(name)
    return value[:200] if value else default


def _retry_after(response: httpx.Response) -> timedelta | None:
    """Retry-After as seconds or as an HTTP date; None where the server names none that can be read."""
    value = response.headers.get("Retry-After", "").strip()
    try:
        after = float(value) if value.isdecimal() else _seconds_until(parsedate_to_datetime(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return timedelta(seconds=min(max(after, 0), LONGEST_RETRY_AFTER.total_seconds()))


def _seconds_until(moment: datetime) -> float:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime.now(UTC)).total_seconds()


def _is_worth_waiting(error: BaseException) -> bool:
    return isinstance(error, TryLater) and (error.after is None or error.after <= LONGEST_WAIT)


def _wait(state: RetryCallState) -> float:
    after = state.outcome.exception().after
    return pause(state) if after is None else after.total_seconds()


def _log_wait(state: RetryCallState) -> None:
    log.info("%s; again in %.0f s", state.outcome.exception(), state.next_action.sleep)


def _is_bad_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
