"""A server that runs: where it listens, with which certificate, and how it stops."""

from __future__ import annotations

import gc
import math
import os
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import uvicorn

from squatwatch.access import Door
from squatwatch.errors import SquatwatchError
from squatwatch.models.archives import artifact_folder
from squatwatch.models.registry import MANIFEST
from squatwatch.net.loopback import is_loopback
from squatwatch.serve.http.app import create_app
from squatwatch.serve.http.protocol import ImpatientProtocol
from squatwatch.serve.server import Server
from squatwatch.settings import Settings

KEEP_ALIVE_SECONDS = 65  # longer than clients of AWS keep a connection that they do not use
PACKED_MODEL = Path("/opt/ml/model")  # where SageMaker unpacks the only model of an endpoint or a transform job
CONTAINER_PORT = 8080  # unless SageMaker says another one
BACKLOG = 2048


def serve(settings: Settings, tell: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; requests that are at work then are answered. `tell` is given the address.

    Raises SquatwatchError where settings do not go together, the port is taken, or a list or model cannot be used.
    """
    settings = _with_packed_model(settings)
    host, port = _place(settings)
    door = _door(settings, host)
    certificate, key = _tls(settings)
    server = Server(settings)
    listening = _listen(host, port)
    with listening:
        server.warm()
        gc.collect()
        gc.freeze()  # what is there stays; to look through it again takes tens of milliseconds, as nobody is answered
        config = config_of(server, door, certificate, key)
        tell(f"{'https' if certificate else 'http'}://{_shown(host)}:{listening.getsockname()[1]}")
        uvicorn.Server(config).run([listening])


def config_of(
    server: Server, door: Door | None, certificate: str | None = None, key: str | None = None
) -> uvicorn.Config:
    """Return how uvicorn serves: over TLS where files of a certificate and its key are given."""
    return uvicorn.Config(
        create_app(server, door),
        http=ImpatientProtocol,
        loop="uvloop",
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=math.ceil(server.settings.serve_seconds),
        backlog=BACKLOG,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )


def _with_packed_model(settings: Settings) -> Settings:
    """Return the settings with the artifact that SageMaker has put into the container as the general model."""
    folder = artifact_folder(PACKED_MODEL)
    is_there = settings.serve_container and settings.model is None and (folder / MANIFEST).is_file()
    return settings.model_copy(update={"model": folder}) if is_there else settings


def _place(settings: Settings) -> tuple[str, int]:
    if not settings.serve_container:
        return settings.serve_host, settings.serve_port
    if given := settings.model_fields_set & {"serve_access_file", "serve_host"}:
        raise SquatwatchError(
            f"SQUATWATCH_{min(given).upper()} has no meaning in a container of SageMaker, which listens unsigned "
            "on all addresses; unset it, or SQUATWATCH_SERVE_CONTAINER"
        )
    port = os.environ.get("SAGEMAKER_BIND_TO_PORT") or str(CONTAINER_PORT)
    if not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise SquatwatchError(f"SAGEMAKER_BIND_TO_PORT is {port[:20]!r}, which is no port")
    return "0.0.0.0", int(port)


def _door(settings: Settings, host: str) -> Door | None:
    """Return who is let in; None for whoever reaches the server.

    Raises SquatwatchError where that would be more than this machine, and for an access file that cannot be used.
    """
    if settings.serve_access_file:
        return Door(settings.serve_access_file)
    if not settings.serve_container and not is_loopback(host):
        raise SquatwatchError(
            f"SQUATWATCH_SERVE_HOST is {host}, from where others could ask, and no SQUATWATCH_SERVE_ACCESS_FILE says "
            "who may; write one as docs/serving-access.md shows, or listen on 127.0.0.1"
        )
    return None


def _tls(settings: Settings) -> tuple[str, str] | tuple[None, None]:
    """Return the files of certificate and key, none without TLS. Raises SquatwatchError where one is missing."""
    certificate, key = settings.serve_certificate, settings.serve_certificate_key
    if certificate is None and key is None:
        return None, None
    for name, path in (("CERTIFICATE", certificate), ("CERTIFICATE_KEY", key)):
        if path is None or not path.is_file():
            raise SquatwatchError(f"SQUATWATCH_SERVE_{name} is {path or 'not set'}: TLS needs both, as PEM files")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(str(certificate), str(key), password="")
    except (ssl.SSLError, OSError, ValueError) as error:
        raise SquatwatchError(
            f"{certificate} and {key} cannot be used for TLS ({error}); they have to be a certificate and its key, "
            "without a passphrase, as PEM files"
        ) from None
    return str(certificate), str(key)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise SquatwatchError(
            f"cannot listen on {host}:{port} ({error.strerror or error}); set SQUATWATCH_SERVE_PORT to another port"
        ) from None


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
