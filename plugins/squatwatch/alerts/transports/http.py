"""One POST, and what each way of answering means. Redirects are not followed: alerts go where the connection says.

A private address is the operator's choice, who wrote it into the connection; a redirect is the receiver's, and could
point a program inside the network at anything. Link-local addresses, where clouds keep credentials, are no receiver's.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from ipaddress import ip_address

import httpx

from squatwatch.alerts.failures import Busy, Misconfigured, Rejected
from squatwatch.errors import TryLater
from squatwatch.net.client import new_client, scheme_and_host
from squatwatch.net.faults import NeedsAPerson, TooLarge
from squatwatch.net.proxies import proxy_of
from squatwatch.net.request import ANSWER_TIMEOUTS, HttpRequest
from squatwatch.net.retries import is_busy, retry_after

NOT_THIS_BODY = {400, 413, 422}
LARGEST_ANSWER = 1 << 16  # bytes


class Poster:
    """A client that posts to one URL. `authorities`: a PEM file of certificates to trust instead of the machine's own.

    Making one raises Misconfigured where the URL, that file or the machine's settings do not do.
    """

    def __init__(
        self, url: httpx.URL, headers: Mapping[str, str], timeout_seconds: float, authorities: str | None = None
    ):
        who = scheme_and_host(url)
        if url.scheme != "https" and "Authorization" in headers and url.host not in ("localhost", "127.0.0.1", "::1"):
            raise Misconfigured(f"{who}: a token travels over https:// only; write it into the connection")
        self._url, self._headers = url, dict(headers)
        self._request = HttpRequest(who, timeout_seconds, ANSWER_TIMEOUTS)
        try:
            self._client = new_client(who, timeout_seconds, authorities)
        except NeedsAPerson as fault:
            raise Misconfigured(str(fault)) from None

    def post(self, content: bytes, headers: Mapping[str, str]) -> int:
        """Return the status code of success. Raises Busy, Misconfigured, and Rejected with the text of the answer."""
        _check_addresses(self._url)
        try:
            with self._request.answer(
                self._client, "POST", self._url, content=content, headers={**self._headers, **headers}
            ) as response:
                text = self._text_of(response)
        except TryLater as error:
            raise Busy(str(error)) from None
        except NeedsAPerson as fault:
            raise Misconfigured(str(fault)) from None
        return _check_status(response, text)

    def _text_of(self, response: httpx.Response) -> str:
        """Return the answer, "" where it is too long to be one of a receiver. Raises TryLater where it trickles."""
        try:
            return self._request.read(response.iter_raw(), LARGEST_ANSWER).decode("utf-8", "replace")
        except TooLarge:
            return ""


def _check_status(response: httpx.Response, text: str) -> int:
    status = response.status_code
    if response.is_success:
        return status
    problem = f"{scheme_and_host(response.request.url)} answered {status}"
    if is_busy(response):
        raise Busy(problem, status, after=retry_after(response))
    if status in NOT_THIS_BODY:
        raise Rejected(problem, status, text=text)
    if response.is_redirect:
        raise Misconfigured(f"{problem}: it redirects, which is not followed; write the address it means", status)
    raise Misconfigured(f"{problem}; check the connection's address and token", status)


def _check_addresses(url: httpx.URL) -> None:
    """Raise Misconfigured where nothing is sent to the host's address, Busy where it has none.

    Behind a proxy the proxy looks the name up, so only an address that is written out can be checked.
    """
    for address in [url.host] if proxy_of(url) else _addresses(url):
        try:
            ip = ip_address(address.partition("%")[0])
        except ValueError:
            continue
        if ip.is_link_local or ip.is_multicast or ip.is_unspecified:
            raise Misconfigured(f"{scheme_and_host(url)} has the address {ip}, to which nothing is sent")


def _addresses(url: httpx.URL) -> list[str]:
    try:
        infos = socket.getaddrinfo(url.host, url.port or url.scheme, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        raise Busy(f"{scheme_and_host(url)} could not be reached: its name has no address") from None
    return [str(address[0]) for *_, address in infos]
