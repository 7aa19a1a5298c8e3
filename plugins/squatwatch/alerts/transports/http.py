"""One POST, and what each way of answering means. Redirects are not followed: alerts go where the connection says.

Where an address is private that is the operator's choice, who wrote it into the connection; a redirect is the
receiver's, and could point a program inside the network at anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic

import httpx

from squatwatch.alerts.outcomes import Busy, Misconfigured, Rejected
from squatwatch.sources.httpclient import new_client, shown
from squatwatch.sources.transfer import is_bad_certificate, retry_after

BUSY = {408, 425, 429}
NOT_THIS_BODY = {400, 413, 422}
LARGEST_ANSWER = 1 << 16  # bytes
LONGEST_ANSWER = 4  # in timeouts


class Poster:
    def __init__(self, url: httpx.URL, headers: Mapping[str, str], timeout_seconds: float):
        if url.scheme != "https" and "Authorization" in headers and url.host not in ("localhost", "127.0.0.1", "::1"):
            raise Misconfigured(f"{shown(url)}: a token travels over https:// only; write it into the connection")
        self._url, self._headers, self._timeout = url, dict(headers), timeout_seconds
        self._client = new_client(timeout_seconds)

    def post(self, content: bytes, headers: Mapping[str, str]) -> int:
        """The status code of success. Raises Busy, Misconfigured, and Rejected with the text of the answer."""
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
