"""Zone files of ICANN's Centralized Zone Data Service, or a server that speaks like it: a token, then a file a zone.

Such a server has today's zones only; Last-Modified tells of which morning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
from pydantic import SecretStr

from squatwatch.errors import BadList, NotPublishedYet, SquatwatchError
from squatwatch.files.listfile import kind_of
from squatwatch.net.client import header, moment_of, scheme_and_host
from squatwatch.net.retries import retrying
from squatwatch.sources.base import fill_in
from squatwatch.sources.exchange import Exchange
from squatwatch.sources.zone.login import Login, credentials_of, safe_url

LONGEST_TRANSFER = 60  # in timeouts; the largest zones are some GiB
SETTING = "SQUATWATCH_ZONE_URL"


@dataclass(frozen=True)
class Czds:
    """`template` gives the URL of a zone; `connection` is the Airflow connection with login and password."""

    template: SecretStr
    auth_url: SecretStr
    connection: str
    max_bytes: int
    timeout_seconds: float
    attempts: int

    def location(self, run_date: date) -> str:
        """Return scheme and host of the zones' URL, without its path, which may contain a password."""
        return scheme_and_host(self.url("tld", run_date))

    def newest_before(self, tld: str, on: date) -> date | None:
        """Return None: servers keep no earlier zones."""
        return None

    @contextmanager
    def session(self, run_date: date) -> Iterator[Callable[[str, date, Path], Path]]:
        """Log in and yield a function that downloads the file of a zone and morning into a folder.

        Raises what `Source.fetch` raises, as does the function.
        """
        self.url("tld", run_date)  # said before a password travels
        credentials = credentials_of(self.connection, run_date)
        who = f"source zone: {self.location(run_date)} for the zones of {run_date}"
        exchange = Exchange(who, SETTING, run_date, self.timeout_seconds, self.max_bytes)
        with exchange.client() as client:
            login = Login(
                self.auth_url,
                credentials,
                run_date,
                client,
                timeout_seconds=self.timeout_seconds,
                attempts=self.attempts,
            )
            yield _Session(self, run_date, client, login).bring

    def url(self, tld: str, on: date) -> httpx.URL:
        """Return the URL of a zone's file of a morning.

        Raises SquatwatchError where the template does not do, or a token would travel in the open.
        """
        return safe_url(
            fill_in(self.template.get_secret_value(), on, SETTING, is_daily=False, tld=tld), SETTING, "a zone file"
        )


@dataclass
class _Session:
    """One login, for all zones of a fetch."""

    czds: Czds
    run_date: date
    client: httpx.Client
    login: Login

    def bring(self, tld: str, on: date, folder: Path) -> Path:
        """Download a zone. Raises NotPublishedYet where the server's is older, SquatwatchError where it is newer."""
        receive = retrying(self.czds.attempts).wraps(self._receive)
        path = folder / "zone"
        if not receive(tld, on, path):
            self.login.renew()
            receive(tld, on, path)
        return path

    def _receive(self, tld: str, on: date, path: Path) -> bool:
        """Receive the file; return False where the token is refused and may be renewed."""
        exchange = self._exchange(tld)
        last_second = datetime.combine(on, time(), UTC) - timedelta(seconds=1)
        headers = {
            "Authorization": f"Bearer {self.login.token.get_secret_value()}",
            "If-Modified-Since": format_datetime(last_second, usegmt=True),  # nothing is sent that would be too old
        }
        with exchange.answer(self.client, "GET", self.czds.url(tld, on), headers=headers) as response:
            if response.status_code == 401 and self.login.may_renew:
                return False
            self._check_answer(exchange, response, tld, on)
            with path.open("wb+") as file:
                # raw: where the file's own gzip is declared a Content-Encoding, httpx would not see that it is cut off
                exchange.receive(response.iter_raw(), response, file)
        if kind_of(path) != "gz":  # not looked at further: a page of errors may quote the token
            raise BadList(f"the server answered with something else than a gzip file; check {SETTING}")
        return True

    def _check_answer(self, exchange: Exchange, response: httpx.Response, tld: str, on: date) -> None:
        match response.status_code:
            case 304:
                raise NotPublishedYet(f"{exchange.who} answered 304: the zone of {on} is not there yet")
            case 401:
                raise exchange.stop("answered 401: it does not take the token that was just issued")
            case 403:
                remedy = f"ask for it at https://czds.icann.org or take {tld} out of SQUATWATCH_ZONE_TLDS"
                raise exchange.stop("answered 403: the account is not approved for this zone", remedy)
        exchange.check_status(response)
        self._check_morning(exchange, response, on)

    def _check_morning(self, exchange: Exchange, response: httpx.Response, on: date) -> None:
        try:
            morning = moment_of(header(response, "Last-Modified") or "").date()
        except (TypeError, ValueError, OverflowError):
            raise exchange.stop("names no Last-Modified that can be read, so its morning is not known") from None
        if morning < on:
            raise NotPublishedYet(f"{exchange.who} still has that of {morning}: the zone of {on} is not there yet")
        if morning > on:
            raise SquatwatchError(
                f"{exchange.who} has that of {morning} only, and the zone of {on} was not kept; the new names of "
                f"{self.run_date} will be in the list of the next date that has one, "
                f"run: squatwatch download --date {morning - timedelta(days=1)}"
            )

    def _exchange(self, tld: str) -> Exchange:
        return Exchange(
            f"source zone: {self.czds.location(self.run_date)} for zone {tld} of {self.run_date}",
            SETTING,
            self.run_date,
            self.czds.timeout_seconds,
            self.czds.max_bytes,
            max_setting="SQUATWATCH_ZONE_MAX_GIB",
            thing="a zone file",
            longest_transfer=LONGEST_TRANSFER,
        )
