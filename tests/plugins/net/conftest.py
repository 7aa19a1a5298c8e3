"""The four that ask over HTTP, each as a function that asks once and gives what it says of a failure."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date

import pytest

from squatwatch.alerts.failures import NotSent
from squatwatch.errors import SquatwatchError
from squatwatch.settings import read_settings

DAY = date(2026, 11, 5)
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """No proxy and no authority from outside the test."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def ask_for_a_list(tmp_path, monkeypatch, url: str) -> str:
    from squatwatch.sources import source_named

    settings = read_settings(home=tmp_path, http_url=f"{url}/list", http_attempts=1, http_timeout_seconds=2)
    return complaint_of(lambda: source_named(settings, "http").fetch(DAY, io.BytesIO()))


def ask_for_popularity(tmp_path, monkeypatch, url: str) -> str:
    from squatwatch.lists.popularity_refresh import refresh

    settings = read_settings(home=tmp_path, tranco_url=f"{url}/top", http_timeout_seconds=2)
    return complaint_of(lambda: refresh(settings, "tranco", fewest_rows=1))


def ask_a_registry(tmp_path, monkeypatch, url: str) -> str:
    from squatwatch.enrichment.rdap_lookup import RdapClient

    return RdapClient(f"{url}/dns.json", tmp_path, 100, 2).ask("nordwand-login.com").problem or ""


def send_to_a_sink(tmp_path, monkeypatch, url: str) -> str:
    from squatwatch.alerts.transports.webhook import WebhookTransport

    monkeypatch.setenv("AIRFLOW_CONN_SIEM", json.dumps({"conn_type": "http", "host": url, "password": "t0ken"}))
    return complaint_of(lambda: WebhookTransport("siem", "ecs", 2).send("batch", []))


def complaint_of(ask: Callable[[], object]) -> str:
    """What the asking complains of, "" where it succeeds."""
    try:
        ask()
    except (SquatwatchError, NotSent) as error:
        return str(error)
    return ""


@pytest.fixture(params=[ask_for_a_list, ask_for_popularity, ask_a_registry, send_to_a_sink])
def ask(request, tmp_path, monkeypatch):
    """Return ask(url), which asks a server once: for a list, for popularity, by RDAP and as a sink."""
    return lambda url: request.param(tmp_path, monkeypatch, url)


@pytest.fixture
def answers():
    """Answer each of the four with what it wants, by path."""
    from receiver import Response

    bodies = {
        "/list": b"".join(b"nordwand-%04d.li\n" % number for number in range(100)),
        "/top": b"1,nordwand.li\n2,alphorn.li\n",
        "/dns.json": b'{"services": [[["com"], []]]}',
    }
    return lambda request: Response(body=bodies.get(request.path, b"{}"))
