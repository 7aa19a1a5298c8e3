"""DNS lookups: addresses, mail servers, name servers and zone of a name. No site is ever visited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import dns.exception
import dns.name
import dns.nameserver
import dns.resolver
from dns.rdata import Rdata
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.NS import NS
from dns.rdtypes.ANY.SOA import SOA
from dns.rdtypes.IN.A import A
from dns.rdtypes.IN.AAAA import AAAA

from squatwatch.enrichment.lookup import Dns, DnsState
from squatwatch.settings import address_and_port

TYPES = ("A", "AAAA", "MX", "NS", "SOA")
DECIDING = ("A", "AAAA", "MX")  # a lookup that lacks one of these is unknown: it would look like a change later
MOST_RECORDS = 20  # of a type are kept
SILENCE = "no answer in time"
NO_MAIL = "."  # the exchange of a null MX (RFC 7505)


class Answer(NamedTuple):
    """Records of a type; `problem` says why there was no answer."""

    records: Sequence[str] = ()
    problem: str | None = None


class NotRegistered(Exception):
    """The DNS says that there is no such name (NXDOMAIN)."""


def resolver_of(servers: Sequence[str], timeout_seconds: float) -> dns.resolver.Resolver:
    """Return a resolver that asks the servers that are named, else the machine's own."""
    resolver = dns.resolver.Resolver(configure=not servers)
    if servers:
        resolver.nameservers = [dns.nameserver.Do53Nameserver(*address_and_port(server)) for server in servers]
    resolver.lifetime, resolver.timeout = timeout_seconds, timeout_seconds / 2
    return resolver


def ask_dns(resolver: dns.resolver.Resolver, domain: str) -> Dns:
    """Return what the DNS answers about the name.

    Nothing that a server does raises: silence, refusal, garbage and loops are `unknown`, with the reason.
    """
    answers = dict.fromkeys(TYPES, Answer())
    try:
        for type_ in TYPES:
            answers[type_] = _ask(resolver, domain, type_)
            if answers[type_].problem == SILENCE:  # it would say no more of the other types
                break
    except NotRegistered:
        return Dns("not_registered")
    problems = [f"{type_}: {answer.problem}" for type_, answer in answers.items() if answer.problem]
    known = {type_: tuple(answer.records) for type_, answer in answers.items()}
    return Dns(
        _state(answers),
        "; ".join(problems) or None,
        known["A"],
        known["AAAA"],
        known["NS"],
        known["MX"],
        next(iter(known["SOA"]), None),
    )


def _state(answers: dict[str, Answer]) -> DnsState:
    if any(answers[type_].problem for type_ in DECIDING):
        return "unknown"
    return "resolves" if answers["A"].records or answers["AAAA"].records else "no_records"


def _ask(resolver: dns.resolver.Resolver, domain: str, type_: str) -> Answer:
    try:
        answer = resolver.resolve(dns.name.from_text(domain), type_, raise_on_no_answer=False, search=False)
        records = sorted({_text(record) for record in answer.rrset or ()} - {""})
    except dns.resolver.NXDOMAIN:
        raise NotRegistered from None
    except dns.exception.Timeout:
        return Answer(problem=SILENCE)
    except dns.resolver.NoNameservers as error:
        return Answer(problem=_refusal(error))
    except (dns.exception.DNSException, OSError, ValueError) as error:
        return Answer(problem=f"no proper answer ({type(error).__name__})")
    return Answer(records[:MOST_RECORDS])


def _text(record: Rdata) -> str:
    """Return a record as text, names of servers in lower case, "" for a null MX."""
    match record:
        case A() | AAAA():
            return str(record.address)
        case SOA():
            return f"{_name(record.mname)} {_name(record.rname)}"
        case MX():
            return "" if record.exchange.to_text() == NO_MAIL else _name(record.exchange)
        case NS():
            return _name(record.target)
    raise ValueError("a record of another type than was asked for")


def _name(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _refusal(error: dns.resolver.NoNameservers) -> str:
    """Return what the last server answered: SERVFAIL, REFUSED, or that it made no sense."""
    tried = error.kwargs.get("errors") or []
    last = tried[-1][3] if tried else "no server"
    return str(last) if isinstance(last, str) else f"no proper answer ({type(last).__name__})"
