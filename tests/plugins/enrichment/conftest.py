"""What tests of enrichment share: a DNS server, a registry's RDAP server, and settings that ask them."""

from __future__ import annotations

import json

import made_dates
import pytest
from dns_server import dns_server as start_dns
from receiver import Response
from receiver import receiver as start_receiver

from squatwatch.settings import read_settings

new_dates = made_dates.new_dates


@pytest.fixture
def dns_server():
    with start_dns() as server:
        yield server


@pytest.fixture
def registry():
    """An RDAP server with its bootstrap file. `registry.domains` is what it knows: by name an answer, or a Response."""
    with start_receiver() as server:
        server.domains = {}

        def answer(request):
            if request.path == "/dns.json":
                services = [[["com", "net"], [server.address + "/rdap/"]], [["top"], []]]
                return Response(body=json.dumps({"services": services}).encode())
            known = server.domains.get(request.path.removeprefix("/rdap/domain/"))
            if isinstance(known, Response):
                return known
            return Response(body=json.dumps(known).encode()) if known else Response(404)

        server.answer = answer
        server.asked = lambda: [each.path.rpartition("/")[2] for each in server.got if "/domain/" in each.path]
        yield server


@pytest.fixture
def settings(tmp_path, dns_server, registry):
    return read_settings(
        home=tmp_path / "data",
        enrich=True,
        dns_servers=dns_server.address,
        dns_timeout_seconds=1,
        rdap_bootstrap_url=f"{registry.address}/dns.json",
        rdap_requests_per_second=1000,
        rdap_timeout_seconds=60,  # on a busy machine too
    )
