"""Retries of requests: which answers say that a server is busy, and how long to wait."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from time import sleep

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from squatwatch.errors import TryLater
from squatwatch.net.client import moment_of

log = logging.getLogger(__name__)

BUSY = frozenset({408, 425, 429})  # and every 5xx
LONGEST_RETRY_AFTER = timedelta(days=1)
LONGEST_WAIT = timedelta(seconds=60)  # a longer Retry-After is for the scheduler to wait out, not for a worker
pause = wait_exponential(multiplier=1, max=LONGEST_WAIT.total_seconds())


def is_busy(response: httpx.Response) -> bool:
    """Return whether the answer says that the same request may succeed later."""
    return response.status_code in BUSY or response.is_server_error


def retry_after(response: httpx.Response) -> timedelta | None:
    """Return the wait of a Retry-After in seconds or as an HTTP date, a day at most; None where none can be read."""
    value = response.headers.get("Retry-After", "").strip()
    try:
        after = float(value) if value.isdecimal() else (moment_of(value) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None
    return timedelta(seconds=min(max(after, 0), LONGEST_RETRY_AFTER.total_seconds()))


def retrying(attempts: int) -> Retrying:
    """Return what calls a function again where it raises TryLater and the wait is short, `attempts` times in all."""
    return Retrying(
        retry=retry_if_exception(_is_worth_waiting),
        stop=stop_after_attempt(attempts),
        wait=_wait,
        before_sleep=_log_wait,
        sleep=sleep,
        reraise=True,
    )


def _is_worth_waiting(error: BaseException) -> bool:
    return isinstance(error, TryLater) and (error.after is None or error.after <= LONGEST_WAIT)


def _wait(state: RetryCallState) -> float:
    error = _error_of(state)
    after = error.after if isinstance(error, TryLater) else None
    return pause(state) if after is None else after.total_seconds()


def _log_wait(state: RetryCallState) -> None:
    seconds = state.next_action.sleep if state.next_action else 0.0
    log.info("%s; again in %.0f s", _error_of(state), seconds)


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
