"""Registration data by RDAP (RFC 9082, 9083), asked of the registry's server and of nobody else.

Which server that is says IANA's bootstrap file (RFC 9224), kept for a week. A server is asked so often a second at
most; one that says 429 is left alone for as long as it asks. Redirects are not followed.
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
from squatwatch.lake.partitions import atomic
from squatwatch.names.hostile_text import visible
from squatwatch.net.client import new_client, shown
from squatwatch.net.exchange import is_bad_certificate, retry_after

KEPT_FOR = timedelta(days=7)
LARGEST_ANSWER = 1 << 20  # bytes
LARGEST_BOOTSTRAP = 1 << 23
FIRST_PAUSE = timedelta(seconds=60)  # of a server that says 429 and not how long
LONGEST_TEXT = 200


class Unknown(Exception):
    """The message says why."""


class RdapClient:
    """For all threads of a process. `clock` and `sleep` are those of the time module, but for tests."""

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
        self._client = new_client(timeout_seconds)
        self._lock = Lock()
        self._next: dict[str, float] = {}  # by server, when it may be asked next
        self._paused: dict[str, float] = {}
        self._servers: dict[str, str] | Unknown | None = None  # None: nobody has asked for the list yet

    def ask(self, domain: str) -> Rdap:
        """Never raises for what a server does: what is no answer is `unknown`, with the reason."""
        try:
            server = self._server(domain)
            self._wait_for(server)
            status, body = self._get(httpx.URL(f"{server.rstrip('/')}/domain/{domain}"), LARGEST_ANSWER, server)
            return Rdap("not_registered") if status == 404 else _registration(body, domain)
        except Unknown as problem:
            return Rdap("unknown", str(problem))

    def _server(self, domain: str) -> str:
        with self._lock:
            if self._servers is None:
                try:
                    self._servers = _servers_in(self._bootstrap())
                except Unknown as problem:  # for all names of the run
                    self._servers = problem
        if isinstance(self._servers, Unknown):
            raise self._servers
        tld = domain.rpartition(".")[2]
        if tld not in self._servers:
            raise Unknown(f"the registry of .{tld} has no RDAP server")
        return self._servers[tld]

    def _bootstrap(self) -> bytes:
        path = self._cache / "rdap-bootstrap.json"
        if path.is_file() and time.time() - path.stat().st_mtime < KEPT_FOR.total_seconds():
            return path.read_bytes()
        status, body = self._get(httpx.URL(self._bootstrap_url), LARGEST_BOOTSTRAP, self._bootstrap_url)
        if status == 404:
            raise Unknown("the list of RDAP servers is not where SQUATWATCH_RDAP_BOOTSTRAP_URL says")
        _servers_in(body)  # what makes no sense is not kept
        with atomic(path) as temporary:
            temporary.write_bytes(body)
        return body

    def _wait_for(self, server: str) -> None:
        """Until the server's next turn. Raises Unknown where it asked to be left alone."""
        with self._lock:
            now = self._clock()
            self._check_pause(server)
            turn = max(now, self._next.get(server, now))
            self._next[server] = turn + self._interval
        self._sleep(max(0.0, turn - now))
        self._check_pause(server)  # another thread may have been told so meanwhile

    def _check_pause(self, server: str) -> None:
        if self._clock() < self._paused.get(server, 0.0):
            raise Unknown(f"{shown(httpx.URL(server))} asks to be left alone for now (429)")

    def _get(self, url: httpx.URL, most: int, server: str) -> tuple[int, bytes]:
        """(200, the body) or (404, …). Raises Unknown."""
        who = shown(url)
        deadline = self._clock() + 4 * self._timeout
        try:
            with self._client.stream(
                "GET", url, headers={"Accept": "application/rdap+json, application/json"}, follow_redirects=False
            ) as response:
                if response.status_code == 429:
                    self._paused[server] = self._clock() + (retry_after(response) or FIRST_PAUSE).total_seconds()
                    raise Unknown(f"{who} asks to be left alone for now (429)")
                if response.status_code == 404:
                    return 404, b""
                if response.is_redirect:
                    raise Unknown(f"{who} redirects, which is not followed")
                if response.status_code != 200:
                    raise Unknown(f"{who} answered {response.status_code}")
                body = b""
                for piece in response.iter_bytes(1 << 14):
                    body += piece
                    if len(body) > most:
                        raise Unknown(f"{who} answered with more than {most:,} bytes")
                    if self._clock() > deadline:
                        raise Unknown(f"{who} is too slow")
                return 200, body
        except httpx.TimeoutException:
            raise Unknown(f"{who} did not answer in time") from None
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
            what = "has a certificate that is not trusted" if is_bad_certificate(error) else "could not be reached"
            raise Unknown(f"{who} {what}") from None


def _servers_in(body: bytes) -> dict[str, str]:
    """By top-level domain the server; https where there is the choice. Raises Unknown for what is no bootstrap file."""
    try:
        return {
            tld.lower(): min(urls, key=lambda url: not url.startswith("https://"))
            for tlds, urls in json.loads(body)["services"]
            for tld in tlds
            if urls
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unknown("the list of RDAP servers makes no sense") from None


def _registration(body: bytes, domain: str) -> Rdap:
    try:
        answer = json.loads(body)
        if not isinstance(answer, dict) or answer.get("objectClassName") != "domain":
            raise ValueError
        name = str(answer.get("ldhName", "")).lower().rstrip(".")
    except (ValueError, RecursionError):
        raise Unknown("the registry answered something that is no RDAP") from None
    if name != domain:
        raise Unknown(f"the registry answered about another name ({visible(name)[:LONGEST_TEXT]})")
    return Rdap(
        "registered",
        registrar=_registrar(answer),
        registered_on=_registered_on(answer),
        statuses=tuple(visible(each)[:LONGEST_TEXT] for each in _list(answer, "status")[:20]),
    )


def _registrar(answer: dict[str, Any]) -> str | None:
    """The full name in the card (jCard, RFC 7095) of the entity whose role it is."""
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
    found = value.get(name)
    return found if isinstance(found, list) else []
