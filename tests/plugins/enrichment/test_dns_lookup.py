"""What a resolver says, and what becomes of a resolver that says nothing, nonsense, or goes in circles."""

from __future__ import annotations

import dns.rcode
import pytest
from dns_server import code, garbage, loop, records, silence

from squatwatch.enrichment.dns_lookup import ask_dns, resolver_of
from squatwatch.enrichment.lookup import Dns
from squatwatch.errors import SquatwatchError
from squatwatch.settings import read_settings

NAME = "paypal-login.com"
ALL = ("A 192.0.2.2", "A 192.0.2.1", "AAAA 2001:db8::1", "MX 10 Mail.example.net.", "NS ns1.example.net.",
       "SOA ns1.example.net. hostmaster.example.net. 1 2 3 4 5")  # fmt: skip


def ask(server, name=NAME):
    return ask_dns(resolver_of([server.address], 1), name)


def test_a_name_that_resolves(dns_server):
    dns_server.names[NAME] = records(*ALL)
    assert ask(dns_server) == Dns(
        "resolves", None, ("192.0.2.1", "192.0.2.2"), ("2001:db8::1",), ("ns1.example.net",), ("mail.example.net",),
        "ns1.example.net hostmaster.example.net",
    )  # fmt: skip


def test_a_name_without_address(dns_server):
    dns_server.names[NAME] = records("NS ns1.example.net.")
    assert ask(dns_server) == Dns("no_records", ns=("ns1.example.net",))


def test_a_name_that_is_not_in_the_dns(dns_server):
    assert ask(dns_server) == Dns("not_registered") and dns_server.asked == [f"{NAME}. A"]


def test_a_null_mx_is_no_mail_server(dns_server):
    dns_server.names[NAME] = records("A 192.0.2.1", "MX 0 .")
    assert ask(dns_server).mx == ()


def test_long_answers_come_by_tcp(dns_server):
    dns_server.names[NAME] = records(*(f"A 192.0.2.{n}" for n in range(100)))
    dns_server.truncate = True
    assert len(ask(dns_server).a) == 20 and dns_server.over_tcp


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (silence, "no answer in time"),
        (code(dns.rcode.SERVFAIL), "SERVFAIL"),
        (code(dns.rcode.REFUSED), "REFUSED"),
        (garbage, "no "),
        (loop, "no proper answer"),
    ],
    ids=["silence", "servfail", "refused", "garbage", "loop"],
)
def test_what_is_no_answer_is_unknown_with_the_reason(dns_server, answer, problem):
    dns_server.names[NAME] = answer
    found = ask(dns_server)
    assert found.state == "unknown" and found.problem.startswith("A: ") and problem in found.problem
    assert not (found.a or found.mx)


def test_half_an_answer_is_unknown(dns_server):
    """Else a mail server that was not seen today would be news tomorrow."""

    def without_mx(query):
        fails = "MX" in query.question[0].to_text()
        return (code(dns.rcode.SERVFAIL) if fails else records(*ALL))(query)

    dns_server.names[NAME] = without_mx
    found = ask(dns_server)
    assert (found.state, found.a) == ("unknown", ("192.0.2.1", "192.0.2.2")) and found.problem == "MX: SERVFAIL"


def test_nobody_listens():
    assert ask_dns(resolver_of(["127.0.0.1:1"], 1), NAME).state == "unknown"


def test_resolvers_are_addresses():
    assert read_settings(dns_servers="192.0.2.1, [2001:db8::1]:5353").dns_servers == ["192.0.2.1", "[2001:db8::1]:5353"]
    with pytest.raises(SquatwatchError, match="SQUATWATCH_DNS_SERVERS"):
        read_settings(dns_servers="dns.example.com")
