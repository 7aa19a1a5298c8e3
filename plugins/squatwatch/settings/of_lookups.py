"""Settings of alerts, and of what is asked about names that are flagged."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from squatwatch.settings.values import HomePath, Words


def address_and_port(server: str) -> tuple[str, int]:
    """Return address and port of `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`.

    Raises ValueError for anything else.
    """
    match = re.fullmatch(r"\[(.+)\]:(\d{1,5})|([^:]+):(\d{1,5})|\[?([^\[\]]+)\]?", server)
    if not match:
        raise ValueError(f"{server!r} is not the address of a resolver")
    host, port = match[1] or match[3] or match[5], int(match[2] or match[4] or 53)
    ip_address(host)
    return host, port


def _dns_servers(servers: list[str]) -> list[str]:
    for server in servers:
        address_and_port(server)
    return servers


class LookupSettings(BaseModel):
    """Alerts, DNS and registries."""

    alerts_file: HomePath | None = Field(
        None, description="alerts.yml: where alerts are sent to, sink by sink; without it there are none."
    )
    alert_valid_days: int = Field(90, ge=1, description="How long after an alert its name is worth blocking.")
    alert_timeout_seconds: float = Field(30, gt=0, description="Longest silence of what alerts are sent to.")
    enrich: bool = Field(False, description="Whether DNS and registries are asked about the names that are flagged.")
    enrich_max_age_hours: float = Field(
        20, ge=0, description="A name that was answered for so lately is not asked about."
    )
    dns_servers: Annotated[Words, AfterValidator(_dns_servers)] = Field(
        [], description="Resolvers to ask, address or address:port, comma separated; by default the machine's own."
    )
    dns_timeout_seconds: float = Field(5, gt=0, description="How long a resolver may take for one question.")
    rdap_bootstrap_url: str = Field(
        "https://data.iana.org/rdap/dns.json", description="IANA's list of the registries' RDAP servers."
    )
    rdap_requests_per_second: float = Field(1, gt=0, description="Asked of one RDAP server at most.")
    rdap_timeout_seconds: float = Field(15, gt=0, description="Longest silence of an RDAP server.")
