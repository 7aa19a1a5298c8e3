"""What the formats share: which names may enter, how a moment is written, when a score is high."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal, NamedTuple

from squatwatch.alerts.alert import Alert
from squatwatch.errors import SquatwatchError
from squatwatch.names.hostile_text import defanged, visible
from squatwatch.names.registrable import DOMAIN

PRODUCT = "squatwatch"
Level = Literal["Low", "Medium", "High"]
LEVELS: tuple[tuple[float, Level], ...] = ((0.95, "High"), (0.8, "Medium"), (0.0, "Low"))  # from which score on
WHAT = {"new": "looks like", "changed": "still looks like", "revoked": "was taken for a look-alike of"}


class Lookup(NamedTuple):
    """Of an alert's enrichment what the formats tell; empty where the name was never looked up."""

    addresses: list[str]
    name_servers: list[str]
    mail_servers: list[str]
    dns_state: str | None
    rdap_state: str | None
    registrar: str | None
    registered_on: date | None

    @property
    def address_records(self) -> list[tuple[str, str]]:
        """(type, address)."""
        return [("AAAA" if ":" in each else "A", each) for each in self.addresses]


def domain_of(alert: Alert) -> str:
    """The name, which may go into patterns and URLs: lower-case A-labels and nothing else.

    Raises SquatwatchError for any other: a quote in it would end a STIX pattern, and the library would let it.
    """
    if not DOMAIN.fullmatch(alert.domain):
        raise SquatwatchError(
            f"the alert {alert.alert_id} is of {visible(alert.domain)!r}, no domain in A-labels; it is not sent"
        )
    return alert.domain


def sentence(alert: Alert) -> str:
    """For people: defanged, on one line."""
    words = f"{defanged(alert.domain)} {WHAT[alert.action]} {visible(alert.brand)}: {visible(alert.reason)}"
    return f"{words} ({visible(alert.cause)})" if alert.cause else words


def level(score: float) -> Level:
    return next(name for least, name in LEVELS if score >= least)


def percent(score: float) -> int:
    """0 to 99: nothing here is certain."""
    return min(99, int(100 * score))


def iso(moment: datetime) -> str:
    """UTC in milliseconds, as all three formats write it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def lookup_of(alert: Alert) -> Lookup:
    found = alert.enrichment or {}
    registered_on = found.get("registered_on")
    return Lookup(
        [*(found.get("a") or []), *(found.get("aaaa") or [])],
        list(found.get("ns") or []),
        list(found.get("mx") or []),
        found.get("dns_state"),
        found.get("rdap_state"),
        found.get("registrar"),
        date.fromisoformat(registered_on) if isinstance(registered_on, str) else registered_on,
    )


def without_empty(value: Any) -> Any:
    """A document without the fields that nothing is known of."""
    if isinstance(value, dict):
        kept = {name: without_empty(each) for name, each in value.items()}
        return {name: each for name, each in kept.items() if each not in (None, "", [], {})}
    if isinstance(value, list):
        return [without_empty(each) for each in value]
    return value


def product_version() -> str:
    try:
        return version(PRODUCT)
    except PackageNotFoundError:
        return "0"
