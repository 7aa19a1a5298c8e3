"""Changes of a parked look-alike that wakes up: it starts to resolve, or gains a mail server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from squatwatch.enrichment.lookup import Dns, Lookup
from squatwatch.enrichment.store import lookups_of
from squatwatch.settings import Settings

RESOLVES = "it has started to resolve"
HAS_MAIL = "it has gained a mail server"


def changes_since(settings: Settings, since: Mapping[str, datetime]) -> dict[str, str]:
    """Return `{domain: what has happened since its moment, in words}` for the names that have changed."""
    changes = {domain: change(lookups, since[domain]) for domain, lookups in lookups_of(settings, since).items()}
    return {domain: words for domain, words in changes.items() if words}


def change(lookups: Sequence[Lookup], since: datetime) -> str:
    """Return what the newest lookup has that an earlier one had not, in words, "" where it has nothing new.

    The earlier one is the last before the moment, else the first after it. `lookups` are of one name, oldest first.
    Unknown ones do not count, and a name that goes dark is no change.
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
