"""The rule of what needs no alarm, for the pipeline, the alerts and the Detections page alike.

An entry of the allowlist excuses its domain and every name below it, up to and including the date it expires on:
`github.io` excuses `shop.github.io`, and `amazonaws.com` excuses `shop.s3.amazonaws.com`. A domain that a brand owns is
excused itself, for ever; names below it are not, because a brand may own a suffix (`myshopify.com`) below which anybody
registers names.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

import polars as pl

from squatwatch.lists.allowlist import allowlist_path, read_allowlist
from squatwatch.lists.brands import read_brands
from squatwatch.lists.brands_in_force import brands_path
from squatwatch.settings import Settings


class Excuse(NamedTuple):
    """The reason why a name needs no alarm. `domain` is the allowlist's entry, or the domain that a brand owns."""

    kind: Literal["brand", "analyst"]
    domain: str
    reason: str
    expires_on: date | None = None

    @property
    def words(self) -> str:
        """The reason as the column `allowlist_reason` has it."""
        if self.kind == "brand":
            return self.reason
        return f"analyst: {self.reason}" + (f" (until {self.expires_on})" if self.expires_on else "")

    def counts_on(self, day: date) -> bool:
        """Tell whether the entry has not expired by that day."""
        return self.expires_on is None or self.expires_on >= day


class Excuses:
    """The allowlist and the domains of the brands, ready to be asked about names."""

    def __init__(self, allowlist: pl.DataFrame, brands: pl.DataFrame):
        """Take the columns of `read_allowlist` and of `read_brands`."""
        self._owners: dict[str, list[str]] = {}
        for brand, domain in sorted(brands.select("brand", "brand_domain").iter_rows()):
            self._owners.setdefault(domain, []).append(brand)
        self._entries: dict[str, list[Excuse]] = {}
        for domain, reason, expires_on in allowlist.select("domain", "reason", "expires_on").iter_rows():
            self._entries.setdefault(domain, []).append(Excuse("analyst", domain, reason, expires_on))
        self._of_names_below: dict[str, list[Excuse]] = {"": []}

    def of(self, domain: str, day: date) -> Excuse | None:
        """Return why a name in A-labels needs no alarm on that day, or None where it needs one.

        Of several entries the one that lasts longest counts, then the nearest to the name.
        """
        if owners := self._owners.get(domain):
            return Excuse("brand", domain, f"owned by {' and '.join(owners)}")
        entries = self._entries_of(domain)
        if not entries:
            return None
        return min((entry for entry in entries if entry.counts_on(day)), key=_precedence, default=None)

    def _entries_of(self, domain: str) -> list[Excuse]:
        """Return the entries of the name and of each name above it; those above are looked up once for all below."""
        above = domain.partition(".")[2]
        inherited = self._of_names_below.get(above)
        if inherited is None:
            inherited = self._of_names_below[above] = self._entries_of(above)
        own = self._entries.get(domain)
        return [*own, *inherited] if own else inherited


def with_names_above(domain: str) -> Iterator[str]:
    """Yield the name, then each name above it: shop.github.io, github.io, io."""
    while domain:
        yield domain
        domain = domain.partition(".")[2]


def read_excuses(settings: Settings) -> Excuses:
    """Return the rule over the allowlist and the brands in force. Raises SquatwatchError where one is wrong."""
    return Excuses(read_allowlist(allowlist_path(settings)), read_brands(brands_path(settings)))


def _precedence(excuse: Excuse) -> tuple[int, int, str]:
    lasts_until = excuse.expires_on or date.max
    return -lasts_until.toordinal(), -len(excuse.domain), excuse.reason
