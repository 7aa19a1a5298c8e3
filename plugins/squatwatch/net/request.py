"""One HTTP request, the same for everybody: how long it takes, how much is read, what a failure is called."""

from __future__ import annotations

import io
import re
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import httpx
from socksio import SOCKSError

from squatwatch.errors import BadList, TryLater
from squatwatch.files.streams import copy_capped
from squatwatch.net.client import RedirectToHttp
from squatwatch.net.faults import NeedsAPerson, TooLarge
from squatwatch.net.proxies import REMEDY, ProxySetting, proxy_of
from squatwatch.net.trust import untrusted_certificate

# how long a transfer may take, in timeouts
ANSWER_TIMEOUTS = 4
LIST_TIMEOUTS = 20


@dataclass(frozen=True)
class HttpRequest:
    """A request to a server. `who` says what is asked of whom, the beginning of every message.

    A server that trickles a byte a minute is not silent and would hold a worker for ever, so a transfer ends after
    `most_timeouts` times the timeout.
    """

    who: str
    timeout_seconds: float
    most_timeouts: int

    @contextmanager
    def answer(
        self,
        client: httpx.Client,
        method: str,
        url: httpx.URL,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        json: object = None,
        follow_redirects: bool = False,
    ) -> Iterator[httpx.Response]:
        """Send the request and yield the response, whose body is read in the block.

        Raises TryLater where the line fails, in the block too, and NeedsAPerson where only a person can mend it.
        """
        proxy = proxy_of(url)
        try:
            with client.stream(
                method, url, headers=headers, content=content, json=json, follow_redirects=follow_redirects
            ) as response:
                if response.status_code == 407:
                    raise self._refused(proxy, "407")
                yield response
        except RedirectToHttp:
            raise NeedsAPerson(self.who, "redirects from https to http") from None
        except httpx.TooManyRedirects:
            raise NeedsAPerson(self.who, "redirects without end") from None
        except httpx.TimeoutException:
            raise TryLater(f"{self.who} did not answer within {self.timeout_seconds:g} s{_through(proxy)}") from None
        except httpx.ProxyError as error:
            raise self._proxy_fault(proxy, str(error)) from None
        except SOCKSError:
            raise NeedsAPerson(self.who, f"cannot be asked: {proxy} does not speak SOCKS", REMEDY) from None
        except httpx.ConnectError as error:
            raise self._not_reached(proxy, error) from None
        except (httpx.RequestError, httpx.StreamError) as error:
            # not the error's own text: one of them quotes the Location of a redirect
            raise TryLater(f"{self.who} broke off ({type(error).__name__}){_through(proxy)}") from None

    def in_time(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the pieces of a body. Raises TryLater where they take too long in all."""
        limit = self.most_timeouts * self.timeout_seconds
        end = monotonic() + limit
        for piece in pieces:
            yield piece
            if monotonic() > end:
                raise TryLater(f"{self.who} was still sending after {limit:g} s")

    def read(self, pieces: Iterable[bytes], max_bytes: int) -> bytes:
        """Return a body of at most `max_bytes`. Raises TooLarge where it has more, TryLater as `in_time`."""
        body = io.BytesIO()
        try:
            copy_capped(self.in_time(pieces), body, max_bytes)
        except BadList:
            raise TooLarge(f"{self.who} answered with more than {max_bytes:,} bytes") from None
        return body.getvalue()

    def _not_reached(self, proxy: ProxySetting | None, error: httpx.ConnectError) -> Exception:
        if fault := untrusted_certificate(error):
            return NeedsAPerson(self.who, *fault)
        if proxy and not _is_about_tls(error):
            return TryLater(f"{self.who} could not be reached: {proxy} does not answer ({error})")
        return TryLater(f"{self.who} could not be reached ({error}){_through(proxy)}")

    def _proxy_fault(self, proxy: ProxySetting | None, text: str) -> Exception:
        """Return the error for what an HTTP proxy answered, or a SOCKS proxy said."""
        status = re.match(r"\d{3}\b", text)
        if status and int(status[0]) < 500:
            return self._refused(proxy, status[0])
        if "password" in text or "Requested" in text:  # of SOCKS: it wants another login
            return self._refused(proxy, "login")
        return TryLater(f"{self.who} could not be reached{_through(proxy)} ({text})")

    def _refused(self, proxy: ProxySetting | None, why: str) -> NeedsAPerson:
        if why in ("407", "login"):
            scheme, variable = (proxy.scheme, proxy.variable) if proxy else ("http", "the proxy's variable")
            remedy = f"write user and password into {variable}: {scheme}://user:password@host:port"
        else:
            remedy = "ask who runs it to let this host through, or name the host in NO_PROXY"
        return NeedsAPerson(self.who, f"cannot be asked: {proxy or 'a proxy'} refuses ({why})", remedy)


def _through(proxy: ProxySetting | None) -> str:
    return f", through {proxy}" if proxy else ""


def _is_about_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
