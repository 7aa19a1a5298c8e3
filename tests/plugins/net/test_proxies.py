"""A proxy that is named in the environment, for all who ask over HTTP: it is used, or it is named as what is wrong."""

from __future__ import annotations

import socket
import threading

import pytest
from proxy_server import proxy_server
from receiver import receiver as start_receiver

PASSWORD = "pa55word"
NO_SERVER = "the registry of .com has no RDAP server"  # the bootstrap file arrived: all that is asked of it here


def is_answered(complaint: str) -> bool:
    return complaint in ("", NO_SERVER)


@pytest.fixture
def server(answers):
    with start_receiver() as started:
        started.answer = answers
        yield started


@pytest.fixture
def secure_server(answers, certificate, monkeypatch):
    """The same over TLS, with its authority in SSL_CERT_FILE."""
    path, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with start_receiver(context) as started:
        started.answer = answers
        yield started


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_a_socks_proxy_is_gone_through(ask, server, monkeypatch, scheme):
    with proxy_server("socks5") as proxy:
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://{proxy.address}")
        assert is_answered(ask(server.address))
        assert proxy.targets and set(proxy.targets) == {f"127.0.0.1:{server.port}"}


@pytest.mark.parametrize("kind", ["socks5", "http"])
def test_a_proxy_is_gone_through_with_a_login_that_no_log_shows(ask, secure_server, monkeypatch, kind, all_logs):
    with proxy_server(kind, login=f"ana:{PASSWORD}") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"{kind}://ana:{PASSWORD}@{proxy.address}")
        assert is_answered(ask(secure_server.address)) and proxy.targets
        assert PASSWORD not in all_logs.text


def test_a_proxy_looks_names_up_itself(ask, server, monkeypatch):
    with proxy_server("socks5") as proxy:
        monkeypatch.setenv("all_proxy", proxy.url)
        name = f"http://feeds.nordwand.invalid:{server.port}"
        complaint = ask(name)
        if "travels over https:// only" in complaint:  # a sink's token, which goes to this machine alone without TLS
            return
        assert is_answered(complaint) and f"feeds.nordwand.invalid:{server.port}" in proxy.targets


def test_no_proxy_is_heeded(ask, server, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert is_answered(ask(server.address))


@pytest.mark.parametrize("variable", ["ALL_PROXY", "HTTP_PROXY", "http_proxy", "all_proxy"])
@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_that_is_away_is_named(ask, server, monkeypatch, variable, scheme, all_logs):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        monkeypatch.setenv(variable, f"{scheme}://ana:{PASSWORD}@127.0.0.1:{port}")
        complaint = ask(server.address)
    assert f"the proxy {scheme}://127.0.0.1:{port} of {variable} does not answer" in complaint
    assert PASSWORD not in complaint + all_logs.text and server.got == []


UNUSABLE = [
    "socks://127.0.0.1:1080",
    "socks4://127.0.0.1:1080",
    "ftp://127.0.0.1",
    "http://:3128",
    "http://ana:x@host:port",
]


@pytest.mark.parametrize("value", UNUSABLE)
def test_what_is_no_address_of_a_proxy_is_named_and_not_repeated(ask, server, monkeypatch, value, all_logs):
    monkeypatch.setenv("ALL_PROXY", value)
    complaint = ask(server.address)
    assert "ALL_PROXY is not the address of a proxy; write it as http://host:port or socks5://host:port" in complaint
    assert value not in complaint + all_logs.text


# kind of proxy, its mood, the variable's user, what is said
REFUSALS = {
    "a login is wanted": ("http", {"login": "ana:x"}, "", "refuses (407); write user and password into HTTPS_PROXY"),
    "another login": ("http", {"login": "ana:x"}, f"ana:{PASSWORD}@", "refuses (407); write user and password"),
    "forbidden": ("http", {"refusal": "403"}, "", "refuses (403); ask who runs it to let this host through"),
    "a socks login is wanted": ("socks5", {"login": "ana:x"}, "", "refuses (login); write user and password into"),
    "another socks login": ("socks5", {"login": "ana:x"}, f"ana:{PASSWORD}@", "refuses (login); write user"),
    "not reached": ("http", {"refusal": "502"}, "", "could not be reached, through the proxy"),
    "socks: not allowed": ("socks5", {"refusal": "2"}, "", "could not be reached, through the proxy"),
    "socks: refused": ("socks5", {"refusal": "5"}, "", "could not be reached, through the proxy"),
}


@pytest.mark.parametrize(("kind", "mood", "user", "words"), REFUSALS.values(), ids=REFUSALS)
def test_a_proxy_that_refuses_is_named(ask, secure_server, monkeypatch, kind, mood, user, words, all_logs):
    with proxy_server(kind, **mood) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"{kind}://{user}{proxy.address}")
        complaint = ask(secure_server.address)
    assert words in complaint and f"the proxy {proxy.url} of HTTPS_PROXY" in complaint
    assert PASSWORD not in complaint + all_logs.text and secure_server.got == []


def test_a_login_is_wanted_for_plain_http_too(ask, server, monkeypatch):
    with proxy_server("http", login="ana:x") as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert f"the proxy {proxy.url} of HTTP_PROXY refuses (407)" in ask(server.address)


@pytest.mark.parametrize(
    ("mood", "words"),
    [
        (
            lambda connection: None,
            "did not answer within 2 s, through the proxy socks5://127.0.0.1:{port} of HTTP_PROXY",
        ),
        (
            lambda connection: connection.close(),
            "the proxy socks5://127.0.0.1:{port} of HTTP_PROXY",
        ),
        (
            lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
            "the proxy socks5://127.0.0.1:{port} of HTTP_PROXY does not speak SOCKS",
        ),
    ],
    ids=["says-nothing", "hangs-up", "speaks-http"],
)
def test_a_socks_proxy_that_is_none_is_named_and_holds_up_nobody(ask, server, monkeypatch, mood, words):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        taken = []
        threading.Thread(target=lambda: mood(taken.append(listener.accept()) or taken[-1][0]), daemon=True).start()
        monkeypatch.setenv("HTTP_PROXY", f"socks5://127.0.0.1:{port}")
        complaint = ask(server.address)
    assert words.format(port=port) in complaint


@pytest.fixture
def ask_a_bucket(monkeypatch):
    """Return what is said where a list in a bucket cannot be reached."""
    import io
    import json
    from datetime import date

    from squatwatch.errors import SquatwatchError
    from squatwatch.settings import read_settings
    from squatwatch.sources import source_named

    extra = {"endpoint_url": "http://s3.nordwand.invalid", "region_name": "us-east-1"}
    fields = {"conn_type": "aws", "login": "key", "password": "s3cr3t", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(fields))
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    for variable in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)

    def ask() -> str:
        with pytest.raises(SquatwatchError) as caught:
            source_named(read_settings(s3_url="s3://lists/{date}.zip"), "s3").fetch(date(2026, 11, 5), io.BytesIO())
        return str(caught.value)

    return ask


@pytest.mark.parametrize(("scheme", "note"), [("http", ""), ("socks5", " (S3 goes through HTTP proxies only)")])
def test_a_proxy_of_s3_that_is_away_is_named(ask_a_bucket, monkeypatch, scheme, note):
    monkeypatch.setenv("HTTP_PROXY", f"{scheme}://ana:{PASSWORD}@127.0.0.1:1")
    complaint = ask_a_bucket()
    assert f"the proxy {scheme}://127.0.0.1:1 of HTTP_PROXY{note} does not answer" in complaint
    assert PASSWORD not in complaint


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_a_file_of_authorities_of_s3_that_is_not_there_is_named(ask_a_bucket, monkeypatch, variable):
    monkeypatch.setenv(variable, "/nowhere/corporate.pem")
    assert f"{variable} (/nowhere/corporate.pem) does not exist; correct it or unset it" in ask_a_bucket()


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_an_empty_name_of_such_a_file_is_told(ask_a_bucket, monkeypatch, variable):
    monkeypatch.setenv(variable, " ")
    assert f"{variable} is set and names no file; unset it" in ask_a_bucket()


@pytest.mark.parametrize("other", ["", "/nowhere/corporate.pem"])
def test_a_file_of_authorities_that_boto_does_not_look_at_stops_nobody(ask_a_bucket, monkeypatch, other):
    import certifi

    monkeypatch.setenv("AWS_CA_BUNDLE", certifi.where())
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", other)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert "does not answer" in ask_a_bucket()
