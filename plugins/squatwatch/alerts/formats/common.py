"""Rules that the formats share: which names may enter, how a moment is written, when a score is high."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, Literal, NamedTuple

from squatwatch.alerts.alert import Alert
from squatwatch.errors import SquatwatchError
from squatwatch.names.hostile_text import defanged, visible
from squatwatch.names.registrable import DOMAIN

PRODUCT = "squatwatch"
Level = Literal["Low", "Medium", "High"]
LEVELS: tuple[tuple[float, Level], ...] = ((0.95, "High"), (0.8, "Medium"), (0.0, "Low"))  # from which score on
WHAT = {"new": "looks like", "changed": "still looks like", "revoked": "was taken for a look-alike of"}

MOST_IN_SENTENCE = 10  # other names of a wave that a sentence names


class AlertLookup(NamedTuple):
    """An alert's enrichment as the formats have it; empty where the name was never looked up."""

    addresses: list[str]
    name_servers: list[str]
    mail_servers: list[str]
    dns_state: str | None
    rdap_state: str | None
    registrar: str | None
    registered_on: date | None

    @property
    def address_records(self) -> list[tuple[str, str]]:
        """Pairs of record type and address."""
        return [("AAAA" if ":" in address else "A", address) for address in self.addresses]


def domain_of(alert: Alert) -> str:
    """Return the name, which may go into patterns and URLs: lower-case A-labels and nothing else.

    Raises SquatwatchError for any other: a quote in it would end a STIX pattern, and the library would let it.
    """
    if not DOMAIN.fullmatch(alert.domain):
        raise SquatwatchError(
            f"the alert {alert.alert_id} is of {visible(alert.domain)!r}, no domain in A-labels; it is not sent"
        )
    return alert.domain


def sentence(alert: Alert) -> str:
    """Return the alert in words for people: defanged, on one line."""
    words = f"{defanged(alert.domain)} {WHAT[alert.action]} {visible(alert.brand)}: {visible(alert.reason)}"
    words += f"; {others_in_words(alert, MOST_IN_SENTENCE)}" if alert.others else ""
    return f"{words} ({visible(alert.cause)})" if alert.cause else words


def others_in_words(alert: Alert, most: int) -> str:
    """Return the other names that the alert tells of, the first of them by name, defanged."""
    count = len(alert.others)
    names = ", ".join(defanged(domain_of(other)) for other in alert.others[:most])
    more = f" and {count - most} more" if count > most else ""
    return f"and {count} more name{'s' if count > 1 else ''} of its wave: {names}{more}"


def level(score: float) -> Level:
    """Return how sure a score from 0 to 1 is."""
    return next(name for least, name in LEVELS if score >= least)


def percent(score: float) -> int:
    """Return a score from 0 to 1 as 0 to 99: nothing here is certain."""
    return min(99, int(100 * score))


def iso(moment: datetime) -> str:
    """Return the moment as UTC in milliseconds, as all three formats write it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def midnight(day: date) -> datetime:
    """Return the moment at which the day begins in UTC."""
    return datetime.combine(day, time(), UTC)


def epoch_ms(moment: datetime) -> int:
    """Return the milliseconds from 1970 to the moment."""
    return int(moment.timestamp() * 1000)


def chances(alert: Alert) -> dict[str, float]:
    """Return the probabilities squat, use and other by these names; none where the date was not ranked."""
    named = {"squat": alert.squat, "use": alert.use, "other": alert.other}
    return {name: chance for name, chance in named.items() if chance is not None}


def alert_lookup(alert: Alert) -> AlertLookup:
    """Return the alert's enrichment, each field empty where nothing is known of it."""
    row = alert.enrichment or {}
    registered_on = row.get("registered_on")
    return AlertLookup(
        [*(row.get("a") or []), *(row.get("aaaa") or [])],
        list(row.get("ns") or []),
        list(row.get("mx") or []),
        row.get("dns_state"),
        row.get("rdap_state"),
        row.get("registrar"),
        date.fromisoformat(registered_on) if isinstance(registered_on, str) else registered_on,
    )


def without_empty(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document without the fields that nothing is known of, at any depth."""
    fields = {name: _without_empty(value) for name, value in document.items()}
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def _without_empty(value: object) -> object:
    if isinstance(value, dict):
        return without_empty(value)
    return [_without_empty(item) for item in value] if isinstance(value, list) else value
