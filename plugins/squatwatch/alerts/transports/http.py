"""One POST, and what each way of answering means. Redirects are not followed: alerts go where the connection says.

A private address is the operator's choice, who wrote it into the connection; a redirect is the receiver's, and could
point a program inside the network at anything. Link-local addresses, where clouds keep credentials, are no receiver's.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from time import monotonic

import httpx

from squatwatch.alerts.failures import Busy, Misconfigured, Rejected
from squatwatch.net.client import new_client, shown
from squatwatch.net.exchange import is_bad_certificate, retry_after

BUSY = {408, 425, 429}
NOT_THIS_BODY = {400, 413, 422}
LARGEST_ANSWER = 1 << 16  # bytes
LONGEST_ANSWER = 4  # in timeouts


class Poster:
    """`authorities` is a file of certificates to trust instead of the machine's own. May raise Misconfigured."""

    def __init__(
        self, url: httpx.URL, headers: Mapping[str, str], timeout_seconds: float, authorities: str | None = None
    ):
        if url.scheme != "https" and "Authorization" in headers and url.host not in ("localhost", "127.0.0.1", "::1"):
            raise Misconfigured(f"{shown(url)}: a token travels over https:// only; write it into the connection")
        self._url, self._headers, self._timeout = url, dict(headers), timeout_seconds
        self._client = new_client(timeout_seconds, verify=_trust(authorities))

    def post(self, content: bytes, headers: Mapping[str, str]) -> int:
        """The status code of success. Raises Busy, Misconfigured, and Rejected with the text of the answer."""
        _check_addresses(self._url)
        try:
            with self._client.stream(
                "POST", self._url, content=content, headers={**self._headers, **headers}, follow_redirects=False
            ) as response:
                text = _text_of(response, monotonic() + LONGEST_ANSWER * self._timeout)
        except httpx.TimeoutException:
            raise Busy(f"{shown(self._url)} did not answer within {self._timeout:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if is_bad_certificate(error):
                raise Misconfigured(f"{shown(self._url)} has a certificate that is not trusted") from None
            raise Busy(f"{shown(self._url)} could not be reached ({type(error).__name__})") from None
        return self._judged(response, text)

    def _judged(self, response: httpx.Response, text: str) -> int:
        status = response.status_code
        if response.is_success:
            return status
        what = f"{shown(self._url)} answered {status}"
        if status in BUSY or response.is_server_error:
            raise Busy(what, status, after=retry_after(response))
        if status in NOT_THIS_BODY:
            raise Rejected(what, status, text=text)
        if response.is_redirect:
            raise Misconfigured(f"{what}: it redirects, which is not followed; write the address it means", status)
        raise Misconfigured(f"{what}; check the connection's address and token", status)


def _trust(authorities: str | None) -> ssl.SSLContext | bool:
    try:
        return ssl.create_default_context(cafile=authorities) if authorities else True
    except OSError:
        raise Misconfigured(f"the connection's ca_file {authorities} cannot be read as certificates") from None


def _check_addresses(url: httpx.URL) -> None:
    try:
        found = socket.getaddrinfo(url.host, url.port or url.scheme, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        raise Busy(f"{shown(url)} could not be reached: its name has no address") from None
    for *_, address in found:
        ip = ip_address(address[0].partition("%")[0])
        if ip.is_link_local or ip.is_multicast or ip.is_unspecified:
            raise Misconfigured(f"{shown(url)} has the address {ip}, to which nothing is sent")


def _text_of(response: httpx.Response, until: float) -> str:
    """The beginning of the answer; the rest is left in the line. One that trickles is as good as none."""
    read = b""
    for piece in response.iter_raw():
        read += piece
        if monotonic() > until:
            raise httpx.ReadTimeout("the answer trickles")
        if len(read) >= LARGEST_ANSWER:
            break
    return read[:LARGEST_ANSWER].decode("utf-8", "replace")
