"""Certificates, for all who ask over HTTP: what is said names the variable, the file or the certificate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from receiver import receiver as start_receiver

from squatwatch.net.trust import remedy_of


@pytest.fixture
def server(answers, certificate):
    with start_receiver(certificate[1]) as started:
        started.answer = answers
        yield started


def test_an_authority_of_one_s_own_is_named_in_ssl_cert_file(ask, server, certificate, monkeypatch):
    complaint = ask(server.address)
    assert "has a certificate that is not trusted (self-signed certificate)" in complaint
    assert "set SSL_CERT_FILE to a PEM file that has its certificate" in complaint and server.got == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    ask(server.address)
    assert server.got


def test_a_file_that_lacks_the_authority_is_named(ask, server, monkeypatch):
    import certifi

    monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
    assert f"the authority that signed it is not in SSL_CERT_FILE ({certifi.where()})" in ask(server.address)


@pytest.mark.parametrize(
    ("content", "why"), [(None, "does not exist"), ("no certificate", "cannot be read as certificates")]
)
def test_a_file_of_authorities_that_does_not_do_is_named(ask, tmp_path, monkeypatch, content, why):
    path = tmp_path / "corporate.pem"
    if content:
        path.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    assert f"SSL_CERT_FILE ({path}) {why}; correct it or unset it" in ask("https://127.0.0.1:9")


def test_a_folder_of_authorities_that_is_none_is_named(ask, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "certs"))
    assert f"SSL_CERT_DIR ({tmp_path / 'certs'}) is no folder" in ask("https://127.0.0.1:9")


def test_a_certificate_for_another_name_is_no_matter_of_authorities(ask, server, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    complaint = ask(server.address.replace("127.0.0.1", "localhost"))
    assert (
        "Hostname mismatch" in complaint and "write the address with the name that the certificate is for" in complaint
    )


def test_an_expired_certificate_is_its_owner_s_matter():
    assert remedy_of(10) == "its owner has to renew it, or this machine's clock is wrong"


def test_what_a_list_and_a_sink_say_has_the_next_command(server, tmp_path):
    import io

    from squatwatch.errors import SquatwatchError
    from squatwatch.settings import read_settings
    from squatwatch.sources import source_named

    day = (datetime.now(UTC) - timedelta(days=1)).date()
    settings = read_settings(home=tmp_path, http_url=f"{server.address}/list", http_attempts=1)
    with pytest.raises(SquatwatchError, match=f"then run: squatwatch download --date {day}") as caught:
        source_named(settings, "http").fetch(day, io.BytesIO())
    assert caught.type is SquatwatchError and "SQUATWATCH_HTTP_URL" not in str(caught.value)
