"""Lookups: what DNS and a registry answered about one name at one moment. `unknown` never counts as an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

DnsState = Literal["resolves", "no_records", "not_registered", "unknown"]
RdapState = Literal["registered", "not_registered", "unknown"]


@dataclass(frozen=True)
class Dns:
    """The DNS's answer about a name.

    States: `resolves` (it has an address), `no_records` (it is in the DNS and has none), `not_registered` (NXDOMAIN),
    `unknown` (no answer; `problem` says why). A null MX (RFC 7505), which says that there is no mail, is not in `mx`.
    """

    state: DnsState
    problem: str | None = None
    a: Sequence[str] = ()
    aaaa: Sequence[str] = ()
    ns: Sequence[str] = ()
    mx: Sequence[str] = ()
    soa: str | None = None


@dataclass(frozen=True)
class Rdap:
    """The registry's answer about a name.

    States: `registered`, `not_registered` (its server answered 404), `unknown` (no answer; `problem` says why).
    """

    state: RdapState
    problem: str | None = None
    registrar: str | None = None
    registered_on: date | None = None
    statuses: Sequence[str] = ()


@dataclass(frozen=True)
class Lookup:
    """All that is known of a name at one moment."""

    domain: str
    looked_up_at: datetime  # UTC
    dns: Dns
    rdap: Rdap

    def as_row(self) -> dict[str, Any]:
        """Return the lookup as a row of the warehouse's table `enrichment`, of values that JSON knows."""
        return {
            "domain": self.domain,
            "looked_up_at": self.looked_up_at.isoformat(),
            "dns_state": self.dns.state,
            "dns_problem": self.dns.problem,
            "a": list(self.dns.a),
            "aaaa": list(self.dns.aaaa),
            "ns": list(self.dns.ns),
            "mx": list(self.dns.mx),
            "soa": self.dns.soa,
            "rdap_state": self.rdap.state,
            "rdap_problem": self.rdap.problem,
            "registrar": self.rdap.registrar,
            "registered_on": self.rdap.registered_on.isoformat() if self.rdap.registered_on else None,
            "statuses": list(self.rdap.statuses),
        }


def lookup_of(row: dict[str, Any], looked_up_at: datetime) -> Lookup:
    """Return the lookup that `as_row` wrote."""
    registered_on = row["registered_on"]
    dns = Dns(
        state=row["dns_state"],
        problem=row["dns_problem"],
        a=tuple(row["a"]),
        aaaa=tuple(row["aaaa"]),
        ns=tuple(row["ns"]),
        mx=tuple(row["mx"]),
        soa=row["soa"],
    )
    rdap = Rdap(
        state=row["rdap_state"],
        problem=row["rdap_problem"],
        registrar=row["registrar"],
        registered_on=date.fromisoformat(registered_on) if registered_on else None,
        statuses=tuple(row["statuses"]),
    )
    return Lookup(row["domain"], looked_up_at, dns, rdap)
