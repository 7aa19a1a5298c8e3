"""Which names are looked up, what is kept of them, and which of them have changed; in SQLite and in PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from dns_server import records, silence
from registry import registration

from squatwatch.enrichment.changes import change, changes_since
from squatwatch.enrichment.enrich import look_up, recheck_names
from squatwatch.enrichment.lookup import Dns, Lookup, Rdap
from squatwatch.enrichment.results import LookedUp, Rechecked
from squatwatch.enrichment.store import enrichment_store, lookups_of, read_enrichment
from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store
from squatwatch.sentences import sentence
from squatwatch.settings import read_settings

NAME, OTHER = "paypal-login.com", "paypal-vip.com"
NOW = datetime(2026, 11, 9, tzinfo=UTC)


def test_answers_are_kept_and_not_asked_for_again(settings, dns_server, registry):
    dns_server.names[NAME] = records("A 192.0.2.1")
    registry.domains[NAME] = registration(NAME)
    assert sentence(look_up(settings, [NAME, OTHER, NAME])) == "2 of 2 names looked up (1 not_registered, 1 resolves)"
    (lookup,) = lookups_of(settings, [NAME])[NAME]
    assert (lookup.dns.a, lookup.rdap.registrar) == (("192.0.2.1",), "Example Registrar, Inc.")
    asked = len(dns_server.asked)
    assert look_up(settings, [NAME, OTHER]).asked_count == 0 and len(dns_server.asked) == asked
    again = settings.model_copy(update={"enrich_max_age_hours": 0})
    look_up(again, [NAME])
    assert len(lookups_of(settings, [NAME])[NAME]) == 2


def test_what_nobody_answered_is_asked_again(settings, dns_server):
    dns_server.names[NAME] = silence
    assert look_up(settings, [NAME]).dns_states == {"unknown": 1}
    dns_server.names[NAME] = records("A 192.0.2.1")
    assert look_up(settings, [NAME]).dns_states == {"resolves": 1}


def test_a_machine_that_can_ask_no_registry_says_why_and_asks_the_resolver(settings, dns_server, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/corporate.pem")
    dns_server.names[NAME] = records("A 192.0.2.1")
    summary = sentence(look_up(settings, [NAME, OTHER]))
    assert "(1 not_registered, 1 resolves); 2 without registration data" in summary
    assert "SSL_CERT_FILE (/nowhere/corporate.pem) does not exist" in summary


@pytest.mark.parametrize("name", ["a.com'x", "pаypal.com", "a b.com", "-x.com", "127.0.0.1:80/x", "A.com", ""])
def test_only_a_labels_are_asked_about(settings, dns_server, registry, name):
    assert look_up(settings, [name]).name_count == 0 and dns_server.asked == registry.asked() == []


def test_one_name_that_fails_in_an_unforeseen_way_does_not_lose_the_others(settings, dns_server, monkeypatch):
    from squatwatch.enrichment import enrich

    def ask_dns(resolver, domain):
        if domain == NAME:
            raise ZeroDivisionError
        return Dns("no_records")

    monkeypatch.setattr(enrich, "ask_dns", ask_dns)
    assert sentence(look_up(settings, [NAME, OTHER])) == (
        "2 of 2 names looked up (1 no_records, 1 unknown); 1 without registration data, most often: "
        "failed (ZeroDivisionError)"
    )
    assert lookups_of(settings, [NAME])[NAME][0].dns.problem == "failed (ZeroDivisionError)"


def test_watched_and_confirmed_names_are_looked_up_again(settings, dns_server):
    names = {"watch": "paypal-1.com", "squat": "paypal-2.com", "not_squat": "paypal-3.com", "own": "paypal-4.com"}
    dns_server.names |= {name: records("NS ns.example.net.") for name in names.values()}
    assert recheck_names(settings).looked_up.name_count == 0
    label_store(settings).add([Label(name, name, "paypal", verdict, "ana") for verdict, name in names.items()])
    looked_up = LookedUp(2, 2, {"no_records": 2}, {})
    assert recheck_names(settings) == Rechecked(looked_up, changes={})
    dns_server.names["paypal-1.com"] = records("A 192.0.2.1")
    rechecked = recheck_names(settings.model_copy(update={"enrich_max_age_hours": 0}))
    assert rechecked.changes == {"paypal-1.com": "it has started to resolve"}
    assert {question.split()[0] for question in dns_server.asked} == {"paypal-1.com.", "paypal-2.com."}


def lookup(hours: int, state: str, *mx: str) -> Lookup:
    return Lookup(NAME, NOW + timedelta(hours=hours), Dns(state, mx=mx), Rdap("unknown"))


@pytest.mark.parametrize(
    ("lookups", "words"),
    [
        ([], ""),
        ([lookup(-1, "no_records")], ""),
        ([lookup(1, "resolves", "mail")], ""),  # as it was when it was first looked up, as far as anybody knows
        ([lookup(-1, "no_records"), lookup(1, "resolves")], "it has started to resolve"),
        ([lookup(-1, "not_registered"), lookup(1, "resolves")], "it has started to resolve"),
        ([lookup(1, "no_records"), lookup(2, "resolves")], "it has started to resolve"),
        ([lookup(-1, "resolves"), lookup(1, "resolves", "mail")], "it has gained a mail server"),
        ([lookup(-2, "no_records"), lookup(-1, "resolves")], ""),  # before
        ([lookup(-1, "unknown"), lookup(1, "resolves")], ""),  # unknown is no answer
        ([lookup(-1, "no_records"), lookup(1, "unknown")], ""),
        ([lookup(-1, "no_records"), lookup(1, "resolves"), lookup(2, "unknown")], "it has started to resolve"),
        ([lookup(-1, "resolves", "mail"), lookup(1, "no_records")], ""),  # it went dark
    ],
)
def test_what_counts_as_a_change(lookups, words):
    assert change(lookups, NOW) == words


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request, tmp_path):
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    return read_settings(home=tmp_path / "data", database_url=url)


def test_lookups_come_back_as_they_were(anywhere):
    whole = Lookup(
        NAME, NOW, Dns("resolves", "NS: SERVFAIL", ("192.0.2.1",), ("2001:db8::1",), ("ns",), ("mx",), "ns host"),
        Rdap("registered", None, "Example", date(2026, 11, 7), ("client hold",)),
    )  # fmt: skip
    nothing = Lookup(OTHER, NOW, Dns("unknown", "x" * 5000), Rdap("unknown", "no server"))
    enrichment_store(anywhere).add([whole, nothing])
    found = lookups_of(anywhere, [NAME, OTHER, "never.com"])
    assert found[NAME] == [whole] and len(found[OTHER][0].dns.problem) == 2000 and "never.com" not in found
    first, second = read_enrichment(anywhere).iter_rows(named=True)
    assert (first["a"], first["registered_on"], first["looked_up_at"]) == (["192.0.2.1"], date(2026, 11, 7), NOW)
    assert (second["a"], second["registered_on"], second["rdap_state"]) == ([], None, "unknown")
    enrichment_store(anywhere).add([lookup(1, "resolves", "mx", "mx2")])
    assert changes_since(anywhere, {NAME: NOW, OTHER: NOW}) == {}


def test_nothing_was_ever_looked_up(tmp_path):
    settings = read_settings(home=tmp_path / "data")
    assert lookups_of(settings, [NAME]) == {} and read_enrichment(settings).height == 0 and not settings.home.exists()


def test_a_date_s_flagged_names_and_the_view(new_dates, settings, dns_server):
    from squatwatch import pipeline
    from squatwatch.warehouse.connection import ask

    dates = new_dates(settings.home)
    dates.write(date(2026, 11, 7), NAME, OTHER, also=("weather.com",))
    dates.publish()
    dns_server.names[NAME] = records("A 192.0.2.1")
    enriched = pipeline.enrich(settings, date(2026, 11, 7))
    assert sentence(enriched) == "2026-11-07: 2 of 2 names looked up (1 not_registered, 1 resolves)"
    look_up(settings.model_copy(update={"enrich_max_age_hours": 0}), [NAME])
    pipeline.publish(settings)
    _, rows = ask(settings.home, "select domain, dns_state, a from current_enrichment order by domain")
    assert rows == [(NAME, "resolves", ["192.0.2.1"]), (OTHER, "not_registered", [])]
    assert ask(settings.home, "select count(*) from enrichment")[1] == [(3,)]
