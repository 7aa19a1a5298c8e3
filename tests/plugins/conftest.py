"""Servers on loopback that answer as a test tells them, and what a source did about it."""

import contextlib
import logging
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from squatwatch.sources import httpclient


class Handler(BaseHTTPRequestHandler):
    """Answers each request with the next of `server.answers`, the last one for good."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.paths.append(self.path)
        answers = self.server.answers
        answer = answers[min(len(self.server.paths), len(answers)) - 1]
        with contextlib.suppress(OSError):  # the client left first
            answer(self)
        self.close_connection = True

    do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def serve():
    """serve(answers, context=None) starts a server and gives (its address, the paths asked for)."""
    servers = []

    def start(answers, context=None):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.answers, server.paths, server.daemon_threads = answers, [], True
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return f"127.0.0.1:{server.server_port}", server.paths

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def waits(monkeypatch):
    """The seconds that the source would have slept."""
    slept = []
    monkeypatch.setattr(httpclient, "sleep", slept.append)
    return slept


@pytest.fixture
def all_logs(caplog):
    """The log at its most talkative, httpx's and httpcore's own lines included if they got out."""
    for name in ("httpx", "httpcore", "squatwatch"):
        caplog.set_level(logging.DEBUG, logger=name)
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1 signed by itself, and the server's context with it."""
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(datetime.now(UTC) - timedelta(days=1))
    builder = builder.not_valid_after(datetime.now(UTC) + timedelta(days=1))
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = builder.add_extension(alternative, critical=False).sign(key, hashes.SHA256())
    path = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context
