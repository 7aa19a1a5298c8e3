"""Registration data by RDAP (RFC 9082, 9083), asked of the registry's server and of nobody else.

IANA's bootstrap file (RFC 9224), kept for a week, names the server of each top-level domain. Each server is asked a
limited number of times a second; one that answers 429 is left alone for as long as it asks. Redirects are not followed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import httpx

from squatwatch.enrichment.lookup import Rdap
from squatwatch.errors import TryLater
from squatwatch.lake.partitions import atomic
from squatwatch.names.hostile_text import visible
from squatwatch.net.client import new_client, scheme_and_host
from squatwatch.net.faults import NeedsAPerson, TooLarge
from squatwatch.net.request import ANSWER_TIMEOUTS, HttpRequest
from squatwatch.net.retries import retry_after

KEPT_FOR = timedelta(days=7)
ACCEPT = "application/rdap+json, application/json"
LARGEST_ANSWER = 1 << 20  # bytes
LARGEST_BOOTSTRAP = 1 << 23
FIRST_PAUSE = timedelta(seconds=60)  # of a server that says 429 and not how long
LONGEST_TEXT = 200


class RdapUnknown(Exception):
    """A registry gave no answer about a name. The message says why."""


class RdapClient:
    """A client that all threads of a process share. Tests give a `clock` and a `sleep` of their own."""

    def __init__(
        self,
        bootstrap_url: str,
        cache: Path,
        requests_per_second: float,
        timeout_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._bootstrap_url, self._cache, self._timeout = bootstrap_url, cache, timeout_seconds
        self._interval, self._clock, self._sleep = 1 / requests_per_second, clock, sleep
        self._open_client: httpx.Client | None = None
        self._lock, self._lock_of_client = Lock(), Lock()
        self._next: dict[str, float] = {}  # by server, when it may be asked next
        self._paused: dict[str, float] = {}
        self._servers: dict[str, str] | RdapUnknown | None = None  # None: nobody has asked for the list yet

    def ask(self, domain: str) -> Rdap:
        """Return what the registry answers about the name.

        Nothing that a server does raises: what is no answer is `unknown`, with the reason.
        """
        try:
            server = self._server(domain)
            self._wait_for(server)
            body = self._get(httpx.URL(f"{server.rstrip('/')}/domain/{domain}"), LARGEST_ANSWER, server)
            return Rdap("not_registered") if body is None else _registration(body, domain)
        except RdapUnknown as problem:
            return Rdap("unknown", str(problem))

    def _server(self, domain: str) -> str:
        with self._lock:
            if self._servers is None:
                try:
                    self._servers = _servers_in(self._bootstrap())
                except RdapUnknown as problem:  # for all names of the run
                    self._servers = problem
        if isinstance(self._servers, RdapUnknown):
            raise self._servers
        tld = domain.rpartition(".")[2]
        if tld not in self._servers:
            raise RdapUnknown(f"the registry of .{tld} has no RDAP server")
        return self._servers[tld]

    def _bootstrap(self) -> bytes:
        path = self._cache / "rdap-bootstrap.json"
        if path.is_file() and time.time() - path.stat().st_mtime < KEPT_FOR.total_seconds():
            return path.read_bytes()
        body = self._get(httpx.URL(self._bootstrap_url), LARGEST_BOOTSTRAP, self._bootstrap_url)
        if body is None:
            raise RdapUnknown("the list of RDAP servers is not where SQUATWATCH_RDAP_BOOTSTRAP_URL says")
        _servers_in(body)  # what makes no sense is not kept
        with atomic(path) as temporary:
            temporary.write_bytes(body)
        return body

    def _wait_for(self, server: str) -> None:
        """Wait for the server's next turn. Raises RdapUnknown where it asked to be left alone."""
        with self._lock:
            now = self._clock()
            self._check_pause(server)
            turn = max(now, self._next.get(server, now))
            self._next[server] = turn + self._interval
        self._sleep(max(0.0, turn - now))
        self._check_pause(server)  # another thread may have been told so meanwhile

    def _check_pause(self, server: str) -> None:
        if self._clock() < self._paused.get(server, 0.0):
            raise RdapUnknown(f"{scheme_and_host(httpx.URL(server))} asks to be left alone for now (429)")

    def _get(self, url: httpx.URL, max_bytes: int, server: str) -> bytes | None:
        """Return the body, None where the server answers 404. Raises RdapUnknown."""
        request = HttpRequest(scheme_and_host(url), self._timeout, ANSWER_TIMEOUTS)
        try:
            with request.answer(self._client(), "GET", url, headers={"Accept": ACCEPT}) as response:
                if response.status_code == 404:
                    return None
                self._check_status(response, request.who, server)
                return request.read(response.iter_bytes(1 << 14), max_bytes)
        except (TryLater, TooLarge, NeedsAPerson) as problem:
            raise RdapUnknown(str(problem)) from None

    def _client(self) -> httpx.Client:
        """Return the client, made at the first request. Raises NeedsAPerson where this machine's settings do not do."""
        with self._lock_of_client:
            if self._open_client is None:
                self._open_client = new_client("RDAP", self._timeout)
            return self._open_client

    def _check_status(self, response: httpx.Response, who: str, server: str) -> None:
        """Raise RdapUnknown where the status is not 200, and pause where the server asks for it."""
        if response.status_code == 429:
            self._paused[server] = self._clock() + (retry_after(response) or FIRST_PAUSE).total_seconds()
            raise RdapUnknown(f"{who} asks to be left alone for now (429)")
        if response.is_redirect:
            raise RdapUnknown(f"{who} redirects, which is not followed")
        if response.status_code != 200:
            raise RdapUnknown(f"{who} answered {response.status_code}")


def _servers_in(body: bytes) -> dict[str, str]:
    """Return `{top-level domain: its server}`, with https where there is the choice.

    Raises RdapUnknown for what is no bootstrap file.
    """
    try:
        return {
            tld.lower(): min(urls, key=lambda url: not url.startswith("https://"))
            for tlds, urls in json.loads(body)["services"]
            for tld in tlds
            if urls
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RdapUnknown("the list of RDAP servers makes no sense") from None


def _registration(body: bytes, domain: str) -> Rdap:
    try:
        answer = json.loads(body)
        if not isinstance(answer, dict) or answer.get("objectClassName") != "domain":
            raise ValueError
        name = str(answer.get("ldhName", "")).lower().rstrip(".")
    except (ValueError, RecursionError):
        raise RdapUnknown("the registry answered something that is no RDAP") from None
    if name != domain:
        raise RdapUnknown(f"the registry answered about another name ({visible(name)[:LONGEST_TEXT]})")
    return Rdap(
        "registered",
        registrar=_registrar(answer),
        registered_on=_registered_on(answer),
        statuses=tuple(visible(status)[:LONGEST_TEXT] for status in _list(answer, "status")[:20]),
    )


def _registrar(answer: dict[str, Any]) -> str | None:
    """Return the full name in the card (jCard, RFC 7095) of the entity with the role registrar."""
    for entity in _list(answer, "entities"):
        if isinstance(entity, dict) and "registrar" in _list(entity, "roles"):
            card = _list(entity, "vcardArray")
            for item in card[1] if len(card) > 1 and isinstance(card[1], list) else ():
                if isinstance(item, list) and len(item) > 3 and item[0] == "fn":
                    return visible(item[3])[:LONGEST_TEXT]
    return None


def _registered_on(answer: dict[str, Any]) -> date | None:
    for event in _list(answer, "events"):
        if isinstance(event, dict) and event.get("eventAction") == "registration":
            try:
                moment = datetime.fromisoformat(str(event.get("eventDate")))
            except ValueError:
                return None
            return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    return None


def _list(value: dict[str, Any], name: str) -> list[Any]:
    items = value.get(name)
    return items if isinstance(items, list) else []
