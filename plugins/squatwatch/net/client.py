"""How squatwatch speaks HTTP: the client, what is tried again, and how a URL is read and shown.

A URL may carry the credentials of a paid feed in its path. So messages name scheme and host only, and the loggers of
httpx, which print whole URLs, are turned down.
"""

from __future__ import annotations

import logging
import re
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import sleep

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from squatwatch.errors import SquatwatchError, TryLater

log = logging.getLogger(__name__)

LONGEST_WAIT = timedelta(seconds=60)  # a longer Retry-After is for the scheduler to wait out, not for a worker
HOST = re.compile(r"[\w.:-]+")  # a name or an address; what httpx takes for a host besides may be a password
pause = wait_exponential(multiplier=1, max=LONGEST_WAIT.total_seconds())


class RedirectToHttp(Exception):
    """A redirect from https to http, which is not followed."""


def new_client(timeout_seconds: float, verify: ssl.SSLContext | bool = True) -> httpx.Client:
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx.Client(
        timeout=timeout_seconds,
        verify=verify,
        follow_redirects=True,
        max_redirects=5,
        event_hooks={"response": [_check_redirect]},
        headers={"Accept-Encoding": "identity", "User-Agent": "squatwatch"},
    )


def retrying(attempts: int) -> Retrying:
    """Tries again where the server is busy or breaks off and the wait is short."""
    return Retrying(
        retry=retry_if_exception(_is_worth_waiting),
        stop=stop_after_attempt(attempts),
        wait=_wait,
        before_sleep=_log_wait,
        sleep=sleep,
        reraise=True,
    )


def url_of(text: str, setting: str, what: str) -> httpx.URL:
    """Raises SquatwatchError, which does not repeat the text, where it is not the URL of `what`."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not HOST.fullmatch(url.host):
        raise SquatwatchError(f"{setting} is not the URL of {what}: it begins with https:// and a host")
    return url


def shown(url: httpx.URL) -> str:
    """Scheme and host; the rest of a URL is nobody's business."""
    return f"{url.scheme}://{url.host}"


def header(response: httpx.Response, name: str, default: str | None = None) -> str | None:
    value = response.headers.get(name)
    return value[:200] if value else default


def moment_of(text: str) -> datetime:
    """An HTTP date. Raises ValueError, TypeError or OverflowError where it is none."""
    moment = parsedate_to_datetime(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check_redirect(response: httpx.Response) -> None:
    """The path of an https URL, which may be a password, does not travel on in the open."""
    if response.has_redirect_location and response.request.url.scheme == "https":
        target = response.headers["Location"].strip().lower()
        if target.startswith("http:"):
            raise RedirectToHttp


def _is_worth_waiting(error: BaseException) -> bool:
    return isinstance(error, TryLater) and (error.after is None or error.after <= LONGEST_WAIT)


def _wait(state: RetryCallState) -> float:
    after = state.outcome.exception().after
    return pause(state) if after is None else after.total_seconds()


def _log_wait(state: RetryCallState) -> None:
    log.info("%s; again in %.0f s", state.outcome.exception(), state.next_action.sleep)
