"""A parked look-alike that wakes up: it starts to resolve, or gains a mail server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from squatwatch.enrichment.lookup import Dns, Lookup
from squatwatch.enrichment.store import lookups_of
from squatwatch.settings import Settings

RESOLVES = "it has started to resolve"
HAS_MAIL = "it has gained a mail server"


def changes_since(settings: Settings, since: Mapping[str, datetime]) -> dict[str, str]:
    """By domain what has happened since the moment, in words; nothing of the names that have not changed."""
    found = lookups_of(settings, since)
    changes = {domain: change(lookups, since[domain]) for domain, lookups in found.items()}
    return {domain: words for domain, words in changes.items() if words}


def change(lookups: Sequence[Lookup], since: datetime) -> str:
    """What the newest lookup has that the last one before the moment had not, else the first one after it.

    `lookups` are of one name, the first one first. An unknown one says nothing, and neither does a name that goes dark.
    """
    known = [lookup for lookup in lookups if lookup.dns.state != "unknown"]
    if not known:
        return ""
    before = [lookup for lookup in known if lookup.looked_up_at <= since]
    then, now = (before or known)[-1 if before else 0].dns, known[-1].dns
    return "; ".join(_gained(then, now))


def _gained(then: Dns, now: Dns) -> Iterable[str]:
    if now.state == "resolves" and then.state != "resolves":
        yield RESOLVES
    if now.mx and not then.mx:
        yield HAS_MAIL
