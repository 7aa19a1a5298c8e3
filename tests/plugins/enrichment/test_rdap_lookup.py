"""What a registry says, and what becomes of one that says something else."""

from __future__ import annotations

import json
from datetime import date

import pytest
from receiver import Response
from registry import registration

from squatwatch.enrichment.lookup import Rdap
from squatwatch.enrichment.rdap_lookup import RdapClient

NAME = "paypal-login.com"


class Clock:
    def __init__(self):
        self.now, self.slept = 1000.0, []

    def sleep(self, seconds):
        self.slept.append(seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def client(registry, tmp_path, clock):
    return RdapClient(f"{registry.address}/dns.json", tmp_path, 2, 60, lambda: clock.now, clock.sleep)


def test_a_registered_name(client, registry):
    registry.domains[NAME] = registration(NAME)
    assert client.ask(NAME) == Rdap(
        "registered", None, "Example Registrar, Inc.", date(2026, 11, 8), ("client hold", "client transfer prohibited")
    )
    assert registry.got[-1].headers["Accept"].startswith("application/rdap+json")


def test_a_name_that_the_registry_does_not_know(client):
    assert client.ask(NAME) == Rdap("not_registered")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Response(500), "answered 500"),
        (Response(403), "answered 403"),
        (Response(200, b"<html>Please log in</html>"), "something that is no RDAP"),
        (Response(200, b"[]"), "something that is no RDAP"),
        (Response(200, b'{"objectClassName": "error"}'), "something that is no RDAP"),
        (Response(200, json.dumps(registration("other\u202e.com")).encode()), r"about another name (other\u202e.com)"),
        (Response(200, b"[" * 100_000), "something that is no RDAP"),
        (Response(200, b"x" * 2_000_000), "more than 1,048,576 bytes"),
        (Response(302, headers={"Location": "http://169.254.169.254/"}), "redirects, which is not followed"),
        (Response(301, headers={"Location": "https://elsewhere.test/"}), "redirects, which is not followed"),
        (Response(body=None), "broke off (RemoteProtocolError)"),
    ],
    ids=["500", "403", "html", "list", "error", "other", "deep", "huge", "private", "elsewhere", "breaks-off"],
)
def test_what_is_no_answer_is_unknown_with_the_reason(client, registry, answer, problem):
    registry.domains[NAME] = answer
    found = client.ask(NAME)
    assert found.state == "unknown" and problem in found.problem


def test_a_slow_registry(client, registry, tmp_path):
    import time

    client.ask("example.com")  # where the registry is, is known from here on
    registry.answer = lambda request: time.sleep(60)
    impatient = RdapClient(f"{registry.address}/dns.json", tmp_path, 2, 0.5)
    assert "did not answer within 0.5 s" in impatient.ask(NAME).problem


@pytest.mark.parametrize(
    "changes",
    [
        {"events": "none", "entities": [1, {"roles": ["registrar"], "vcardArray": ["vcard"]}], "status": None},
        {"events": [{"eventAction": "registration", "eventDate": "yesterday"}, 7], "entities": {}, "status": 7},
    ],
    ids=["short", "wrong"],
)
def test_an_answer_that_lacks_what_it_should_have(client, registry, changes):
    registry.domains[NAME] = registration(NAME, **changes)
    assert client.ask(NAME) == Rdap("registered")


def test_a_registry_that_asks_to_be_left_alone_is_left_alone(client, registry, clock):
    registry.domains[NAME] = Response(429, headers={"Retry-After": "30"})
    assert "asks to be left alone" in client.ask(NAME).problem
    registry.domains[NAME] = registration(NAME)
    assert "asks to be left alone" in client.ask("paypal-vip.com").problem and registry.asked() == [NAME]
    clock.now += 31
    assert client.ask(NAME).state == "registered"


def test_who_waits_for_a_turn_hears_of_the_pause_too(client, registry, clock):
    server = f"{registry.address}/rdap/"
    client.ask(NAME)
    client._sleep = lambda seconds: client._paused.update({server: clock.now + 30})  # what another thread was told
    assert "asks to be left alone" in client.ask("paypal-vip.com").problem and registry.asked() == [NAME]


def test_a_registry_is_asked_so_often_a_second(client, clock):
    for number in range(4):
        client.ask(f"paypal-{number}.com")
    assert clock.slept == [0, 0.5, 1.0, 1.5]


def test_a_domain_whose_registry_has_no_server(client, registry):
    assert client.ask("paypal-login.top").problem == "the registry of .top has no RDAP server"
    assert client.ask("paypal-login.de").problem == "the registry of .de has no RDAP server"
    assert registry.asked() == []


def test_the_bootstrap_file_is_kept(client, registry, tmp_path, clock):
    client.ask(NAME)
    another = RdapClient(f"{registry.address}/dns.json", tmp_path, 2, 60, lambda: clock.now, clock.sleep)
    another.ask(NAME)
    assert [each.path for each in registry.got].count("/dns.json") == 1


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"services": 7}'], ids=["html", "empty", "wrong"])
def test_a_bootstrap_file_that_is_none_is_asked_for_once_and_not_kept(client, registry, tmp_path, body):
    registry.answer = lambda request: Response(200, body)
    assert client.ask(NAME).problem == client.ask("a-b.net").problem == "the list of RDAP servers makes no sense"
    assert len(registry.got) == 1 and not (tmp_path / "rdap-bootstrap.json").exists()
