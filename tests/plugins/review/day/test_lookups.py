"""What DNS and registration data say of a name, on the page; and names that have woken up since they were judged."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from squatwatch.enrichment.lookup import Dns, Lookup, Rdap
from squatwatch.enrichment.store import enrichment_store
from squatwatch.settings import settings

LOGIN = "paypal-login.com"
EARLIER = date(2026, 11, 5)


def look_up(domain=LOGIN, hours=0, dns=None, rdap=None):
    moment = datetime.now(UTC) + timedelta(hours=hours)
    enrichment_store(settings()).add(
        [Lookup(domain, moment, dns or Dns("no_records"), rdap or Rdap("unknown", "slow"))]
    )


def row_of(page, name="paypal-login[.]com"):
    rows = page.get("/?date=2026-11-07").text.split("<tr data-id=")
    return next(row for row in rows if f'data-name="{name}"' in row)


def test_nothing_is_said_of_a_name_that_was_never_looked_up(page):
    assert "lookup" not in page().get("/?date=2026-11-07").text


def test_what_is_known_is_said_defanged(page):
    known = Dns("resolves", None, ("192.0.2.7",), ("2001:db8::7",), ("ns1.evil.test",), ("mail.evil.test",))
    look_up(dns=known, rdap=Rdap("registered", None, "<b>Registrar</b>", EARLIER, ("client hold",)))
    row = row_of(page())
    assert "resolves, has mail</summary>" in row and "192[.]0[.]2[.]7" in row and "mail[.]evil[.]test" in row
    assert "&lt;b&gt;Registrar&lt;/b&gt;, 2026-11-05 (client hold)" in row and "evil.test" not in row


@pytest.mark.parametrize(
    ("dns", "rdap", "words"),
    [
        (Dns("not_registered"), Rdap("not_registered"), ("not in the DNS</summary>", "<dd>not registered</dd>")),
        (
            Dns("unknown", "A: SERVFAIL"),
            Rdap("unknown", "slow"),
            ("DNS unknown</summary>", "A: SERVFAIL", "unknown: slow"),
        ),
        (Dns("no_records"), Rdap("unknown", "slow"), ("does not resolve</summary>",)),
    ],
)
def test_unknown_is_told_apart_from_not_registered(page, dns, rdap, words):
    look_up(dns=dns, rdap=rdap)
    assert all(each in row_of(page()) for each in words)


def test_a_watched_name_that_wakes_up_is_changed_and_at_the_top(page):
    somebody = page()
    somebody.judge("watch", "paypal|paypal-vip.top")
    somebody.judge("not_squat", "paypal|paypal-login.com")
    for domain in ("paypal-vip.top", LOGIN):
        look_up(domain, hours=-1)
        look_up(domain, hours=1, dns=Dns("resolves", mx=("mail.evil.test",)))
    assert somebody.rows()[0] == "paypal-vip[.]top"
    row = row_of(somebody, "paypal-vip[.]top")
    assert 'data-state="changed"' in row and "<b>it has started to resolve; it has gained a mail server</b>" in row
    assert 'data-state="not_squat"' in row_of(somebody)  # what is no squat may do what it likes


def test_judging_it_again_settles_it(page):
    somebody = page()
    look_up(hours=-2)
    somebody.judge("watch", "paypal|paypal-login.com")
    look_up(hours=0, dns=Dns("resolves"))
    assert 'data-state="changed"' in row_of(somebody)
    somebody.judge("squat", "paypal|paypal-login.com")
    assert 'data-state="squat"' in row_of(somebody)


def test_changed_names_of_other_dates_are_a_link_away(page, monkeypatch):
    somebody = page()
    somebody.judge("watch", "paypal|paypal-vip.top")
    look_up("paypal-vip.top", hours=-1)
    look_up("paypal-vip.top", hours=1, dns=Dns("resolves"))
    elsewhere = f"/?date={EARLIER}"
    assert "have changed" not in somebody.get(elsewhere).text  # nobody is asked about names
    monkeypatch.setenv("SQUATWATCH_ENRICH", "true")
    settings.cache_clear()
    text = somebody.get(elsewhere).text
    assert '<a href="?date=2026-11-07&amp;state=changed">1 of 2026-11-07</a>' in text
    assert "have changed" not in somebody.get("/?date=2026-11-07").text
