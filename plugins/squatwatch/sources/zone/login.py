"""The login to a zone server: credentials out of an Airflow connection, for a token.

Login and password go to the authentication address, the token to the zones' address, and neither anywhere else: not
over http, not along a redirect (the token httpx keeps back from another host), not into a message.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

import httpx
from pydantic import SecretStr

from squatwatch.errors import SquatwatchError
from squatwatch.net.client import scheme_and_host, url_of
from squatwatch.net.connections import find_connection
from squatwatch.net.faults import NoConnection, TooLarge
from squatwatch.net.loopback import is_loopback
from squatwatch.net.retries import is_busy, retrying
from squatwatch.sources.exchange import Exchange

SETTING = "SQUATWATCH_ZONE_AUTH_URL"
LARGEST_ANSWER = 1 << 16  # bytes
TOKEN = re.compile(r"[\x21-\x7e]+")
EXAMPLE = '{"login": "…", "password": "…"}'


@dataclass(frozen=True)
class Credentials:
    """Login and password; neither is shown when printed."""

    username: SecretStr
    password: SecretStr


class Login:
    """A token, which may be renewed once. Making one asks for it and raises what `Source.fetch` raises."""

    def __init__(
        self,
        auth_url: SecretStr,
        credentials: Credentials,
        run_date: date,
        client: httpx.Client,
        *,
        timeout_seconds: float,
        attempts: int,
    ):
        self._url = safe_url(auth_url.get_secret_value(), SETTING, "an authentication")
        self._credentials = credentials
        self._client = client
        self._attempts = attempts
        who = f"source zone: {scheme_and_host(self._url)} for a token of {run_date}"
        self._exchange = Exchange(who, SETTING, run_date, timeout_seconds, LARGEST_ANSWER)
        self.may_renew = True
        self.token = self._ask()

    def renew(self) -> None:
        """Ask for a new token, once in the life of a login."""
        self.may_renew = False
        self.token = self._ask()

    def _ask(self) -> SecretStr:
        return retrying(self._attempts)(self._ask_once)

    def _ask_once(self) -> SecretStr:
        """Return the token. A redirect is not followed: it would take the password along."""
        body = {
            "username": self._credentials.username.get_secret_value(),
            "password": self._credentials.password.get_secret_value(),
        }
        exchange = self._exchange
        with exchange.answer(self._client, "POST", self._url, json=body, follow_redirects=False) as response:
            status = response.status_code
            if status in (401, 403):
                remedy = "correct them in the Airflow connection"
                raise exchange.stop(f"answered {status}: it refuses login and password", remedy)
            if not response.is_success and not is_busy(response):
                raise exchange.stop(f"answered {status}")  # a 404 too: an address that is not there will not come
            exchange.check_status(response)
            return self._token_in(response)

    def _token_in(self, response: httpx.Response) -> SecretStr:
        try:
            token = json.loads(self._exchange.request.read(response.iter_bytes(), LARGEST_ANSWER))["accessToken"]
        except (TooLarge, ValueError, LookupError, TypeError, RecursionError):
            token = None
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            raise self._exchange.stop("answered without an accessToken")
        return SecretStr(token)


def credentials_of(name: str, run_date: date) -> Credentials:
    """Return the credentials of an Airflow connection; no metadata database is needed (see `sources.s3`).

    Raises SquatwatchError where there is none, or none with login and password.
    """
    then = f"then run: squatwatch download --date {run_date}"
    try:
        connection = find_connection(name, EXAMPLE)
    except NoConnection as missing:
        raise SquatwatchError(f"source zone of {run_date}: {missing}, {then}") from None
    if not connection.login or not connection.password:
        raise SquatwatchError(
            f"source zone of {run_date}: connection {name!r} lacks login or password; add them, {then}"
        )
    return Credentials(SecretStr(connection.login), SecretStr(connection.password))


def safe_url(text: str, setting: str, what: str) -> httpx.URL:
    """Return a URL.

    Raises SquatwatchError where password or token would travel in the open; to this machine itself http:// may do.
    """
    url = url_of(text, setting, what)
    if url.scheme != "https" and not is_loopback(url.host):
        raise SquatwatchError(f"{setting} begins with http://: passwords and tokens travel over https:// only")
    return url
