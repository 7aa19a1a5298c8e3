"""The HTTP client that all requests go through, and how a URL is read and shown.

Redirects are followed only where the caller asks for it: five at most, never from https to http, and never with
credentials to another host (httpx keeps the Authorization header back). A URL may carry the credentials of a paid feed
in its path, so messages name scheme and host only.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from squatwatch.errors import SquatwatchError
from squatwatch.net.proxies import check_proxies
from squatwatch.net.quiet_logs import keep_secrets_out_of_logs
from squatwatch.net.socks import limit_handshakes
from squatwatch.net.trust import trusted_authorities

MOST_REDIRECTS = 5
HOST = re.compile(r"[\w.:-]+")  # a name or an address; what httpx takes for a host besides may be a password


class RedirectToHttp(Exception):
    """A redirect from https to http, which is not followed."""


def new_client(who: str, timeout_seconds: float, authorities: str | None = None) -> httpx.Client:
    """Return a client for requests of `who`, the beginning of messages.

    `authorities` is a PEM file of certificates to trust instead of the machine's own. Raises NeedsAPerson where that
    file, SSL_CERT_FILE or a proxy's variable does not do.
    """
    keep_secrets_out_of_logs()
    check_proxies(who)
    client = httpx.Client(
        timeout=timeout_seconds,
        verify=trusted_authorities(who, authorities),
        follow_redirects=False,
        max_redirects=MOST_REDIRECTS,
        event_hooks={"response": [_check_redirect]},
        headers={"Accept-Encoding": "identity", "User-Agent": "squatwatch"},
    )
    limit_handshakes(client, timeout_seconds)
    return client


def url_of(text: str, setting: str, what: str) -> httpx.URL:
    """Return the URL of `what`. Raises SquatwatchError, which does not repeat the text, where it is none."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not HOST.fullmatch(url.host):
        raise SquatwatchError(f"{setting} is not the URL of {what}: it begins with https:// and a host")
    return url


def scheme_and_host(url: httpx.URL) -> str:
    """Return scheme and host; the rest of a URL may be a secret."""
    return f"{url.scheme}://{url.host}"


def header(response: httpx.Response, name: str) -> str | None:
    """Return a header's first 200 characters, None where the response has none of that name."""
    return response.headers.get(name, "")[:200] or None


def moment_of(text: str) -> datetime:
    """Return an HTTP date as UTC. Raises ValueError, TypeError or OverflowError where it is none."""
    moment = parsedate_to_datetime(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check_redirect(response: httpx.Response) -> None:
    """Raise RedirectToHttp where the path of an https URL, which may be a password, would travel in the open."""
    if response.has_redirect_location and response.request.url.scheme == "https":
        target = response.headers["Location"].strip().lower()
        if target.startswith("http:"):
            raise RedirectToHttp
