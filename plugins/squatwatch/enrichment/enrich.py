"""Lookups of names: those that a date flags, and every day those that are watched or confirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, date, datetime, timedelta

from squatwatch.database.place import has_database
from squatwatch.enrichment.changes import changes_since
from squatwatch.enrichment.dns_lookup import ask_dns, resolver_of
from squatwatch.enrichment.lookup import Dns, Lookup, Rdap
from squatwatch.enrichment.rdap_lookup import RdapClient
from squatwatch.enrichment.results import Enriched, LookedUp, Rechecked
from squatwatch.enrichment.store import enrichment_store, newest_lookups
from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store
from squatwatch.names.registrable import DOMAIN
from squatwatch.settings import Settings
from squatwatch.warehouse.connection import ask

AT_ONCE = 8  # names
Ask = Callable[[str], Lookup]


def is_rechecked(label: Label) -> bool:
    """Tell whether the name is looked up every day: nobody has said that its alarm was for nothing."""
    return label.verdict is not None and not label.verdict.is_false_alarm


def enrich_date(settings: Settings, run_date: date) -> Enriched:
    """Look up the names that a published date flags.

    Raises SquatwatchError where the date was not published; nothing that DNS and registries do raises.
    """
    _, rows = ask(
        settings.home, "select distinct domain from detections where run_date = ? and is_detection", [run_date]
    )
    return Enriched(run_date, look_up(settings, [domain for (domain,) in rows]))


def recheck_names(settings: Settings) -> Rechecked:
    """Look up each name whose newest label is watch or squat, and see which of them have changed since then."""
    labels = label_store(settings).current().values() if has_database(settings) else ()
    rechecked = [label for label in labels if is_rechecked(label)]
    judged = {label.domain: label.labelled_at for label in rechecked if label.labelled_at}  # a stored label has it
    return Rechecked(look_up(settings, judged), changes_since(settings, judged))


def look_up(settings: Settings, domains: Iterable[str]) -> LookedUp:
    """Ask about the names that were not answered for lately, store each answer as it comes, and return the counts.

    Only A-labels are asked about: whatever else there is in a label file goes into no question.
    """
    names = sorted({domain for domain in domains if DOMAIN.fullmatch(domain)})
    answered = _answered_lately(settings, names)
    stale = [name for name in names if name not in answered]
    store, about = enrichment_store(settings), _asking(settings)
    states, rdap_problems = Counter[str](), Counter[str]()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in as_completed([pool.submit(about, name) for name in stale]):
            lookup = done.result()
            store.add([lookup])
            states[lookup.dns.state] += 1
            rdap_problems.update([lookup.rdap.problem] if lookup.rdap.problem else [])
    return LookedUp(len(names), len(stale), states, rdap_problems)


def _answered_lately(settings: Settings, names: Iterable[str]) -> set[str]:
    oldest = datetime.now(UTC) - timedelta(hours=settings.enrich_max_age_hours)
    newest = newest_lookups(settings, names)
    return {name for name, lookup in newest.items() if lookup.looked_up_at > oldest and lookup.dns.state != "unknown"}


def _asking(settings: Settings) -> Ask:
    resolver = resolver_of(settings.dns_servers, settings.dns_timeout_seconds)
    rdap = RdapClient(
        settings.rdap_bootstrap_url,
        settings.home / "cache",
        settings.rdap_requests_per_second,
        settings.rdap_timeout_seconds,
    )

    def about(domain: str) -> Lookup:
        """Look one name up; one that fails in an unforeseen way never loses the others."""
        try:
            dns, registration = ask_dns(resolver, domain), rdap.ask(domain)
        except Exception as error:
            problem = f"failed ({type(error).__name__})"
            dns, registration = Dns("unknown", problem), Rdap("unknown", problem)
        return Lookup(domain, datetime.now(UTC), dns, registration)

    return about
