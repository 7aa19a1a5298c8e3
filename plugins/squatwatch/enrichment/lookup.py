"""What was found out of one name at one moment. `unknown` is never taken for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

DnsState = Literal["resolves", "no_records", "not_registered", "unknown"]
RdapState = Literal["registered", "not_registered", "unknown"]


@dataclass(frozen=True)
class Dns:
    """`resolves`: it has an address. `no_records`: it is in the DNS and has none. `not_registered`: NXDOMAIN.
    `unknown`: nobody said; `problem` is why. `mx` without a null MX (RFC 7505), which says that there is no mail."""

    state: DnsState
    problem: str | None = None
    a: Sequence[str] = ()
    aaaa: Sequence[str] = ()
    ns: Sequence[str] = ()
    mx: Sequence[str] = ()
    soa: str | None = None


@dataclass(frozen=True)
class Rdap:
    """`not_registered`: the registry's server answered 404. `unknown`: nobody said; `problem` is why."""

    state: RdapState
    problem: str | None = None
    registrar: str | None = None
    registered_on: date | None = None
    statuses: Sequence[str] = ()


@dataclass(frozen=True)
class Lookup:
    domain: str
    looked_up_at: datetime  # UTC
    dns: Dns
    rdap: Rdap

    def as_row(self) -> dict[str, Any]:
        """As the warehouse's table `enrichment` has it, JSON-able."""
        return {
            "domain": self.domain,
            "looked_up_at": self.looked_up_at.isoformat(),
            **{f"dns_{name}": getattr(self.dns, name) for name in ("state", "problem")},
            **{name: list(getattr(self.dns, name)) for name in ("a", "aaaa", "ns", "mx")},
            "soa": self.dns.soa,
            **{f"rdap_{name}": getattr(self.rdap, name) for name in ("state", "problem")},
            "registrar": self.rdap.registrar,
            "registered_on": self.rdap.registered_on.isoformat() if self.rdap.registered_on else None,
            "statuses": list(self.rdap.statuses),
        }


def lookup_of(row: dict[str, Any], looked_up_at: datetime) -> Lookup:
    """What `as_row` gave."""
    registered_on = row["registered_on"]
    return Lookup(
        row["domain"],
        looked_up_at,
        Dns(
            row["dns_state"], row["dns_problem"], *(tuple(row[name]) for name in ("a", "aaaa", "ns", "mx")), row["soa"]
        ),
        Rdap(
            row["rdap_state"],
            row["rdap_problem"],
            row["registrar"],
            date.fromisoformat(registered_on) if registered_on else None,
            tuple(row["statuses"]),
        ),
    )
