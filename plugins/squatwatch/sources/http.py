"""A list behind a URL: WhoisDS and any other server.

A feed that costs money carries its credentials in the URL's path. So messages, logs and the ledger
have scheme and host only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

import httpx
from pydantic import SecretStr

from squatwatch.net.client import header, scheme_and_host, url_of
from squatwatch.net.retries import retrying
from squatwatch.sources.base import Receipt, fill_in
from squatwatch.sources.exchange import Exchange

ANY_URL = "http"  # the source for any URL; the others are known to have a list a day
LIKE_A_DATE = re.compile(r"\{|%[Ymy]|YYYY|yyyy")  # %d may be a percent-encoded letter


@dataclass(frozen=True)
class HttpSource:
    """`template` gives the URL of a date, `setting` is the variable it was read from, for messages."""

    name: str
    template: SecretStr
    setting: str
    max_bytes: int
    timeout_seconds: float
    attempts: int

    def location(self, run_date: date) -> str:
        """Return scheme and host of the date's URL, without its path, which may contain a password."""
        return scheme_and_host(self._url(run_date))

    def fetch(self, run_date: date, into: BinaryIO) -> Receipt:
        """Fetch the list; try again, `attempts` times, where the server is busy or breaks off and the wait is short."""
        who = f"source {self.name}: {self.location(run_date)} for the list of {run_date}"
        exchange = Exchange(who, self.setting, run_date, self.timeout_seconds, self.max_bytes)
        with exchange.client() as client:
            return retrying(self.attempts)(self._transfer, exchange, client, into)

    def _transfer(self, exchange: Exchange, client: httpx.Client, into: BinaryIO) -> Receipt:
        into.seek(0)
        into.truncate()
        with exchange.answer(client, "GET", self._url(exchange.run_date)) as response:
            exchange.check_status(response)
            # the body as the server holds it: its transfer encodings are undone
            exchange.receive(response.iter_bytes(), response, into)
        return Receipt(
            self.location(exchange.run_date),
            http_status=response.status_code,
            content_type=header(response, "Content-Type"),
            etag=header(response, "ETag"),
            last_modified=header(response, "Last-Modified"),
        )

    def _url(self, run_date: date) -> httpx.URL:
        template = self.template.get_secret_value()
        text = fill_in(
            template, run_date, self.setting, is_daily=self.name != ANY_URL or _is_meant_to_name_a_day(template)
        )
        return url_of(text, self.setting, "a list")


def _is_meant_to_name_a_day(template: str) -> bool:
    """Tell whether a URL has a field, or what looks like one; what a fixed URL gives is its server's newest list."""
    return LIKE_A_DATE.search(template) is not None
