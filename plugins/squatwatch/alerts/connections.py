"""A sink's secrets: an Airflow connection, found as Airflow finds one, in a task or on the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx

from squatwatch.alerts.failures import Misconfigured
from squatwatch.net.connections import find_connection
from squatwatch.net.faults import NoConnection

if TYPE_CHECKING:
    from airflow.sdk import Connection

TOKEN = re.compile(r"[\x20-\x7e]+")


def connection_of(name: str, example: str) -> Connection:
    """Return the connection. Raises Misconfigured where there is none; `example` is how to write it into a variable."""
    try:
        return find_connection(name, example)
    except NoConnection as missing:
        raise Misconfigured(str(missing)) from None


def token_of(connection: Connection) -> str | None:
    """Return the password, which goes into a header. Raises Misconfigured where it would make two headers of one."""
    if connection.password and not TOKEN.fullmatch(connection.password):
        raise Misconfigured(f"connection {connection.conn_id!r}: its password has a character that no token has")
    return connection.password


def url_of(connection: Connection, path: str = "") -> httpx.URL:
    """Return the URL of an HTTP connection: scheme, host (or whole URL), port and `path`, else that of its extra."""
    host = connection.host or ""
    scheme = connection.schema or ("https" if connection.conn_type != "http" else "http")
    base = host if "://" in host else f"{scheme}://{host}"
    try:
        url = httpx.URL(base)
        if connection.port:
            url = url.copy_with(port=connection.port)
        if path := path or str(connection.extra_dejson.get("path") or ""):
            url = url.copy_with(raw_path=("/" + path.lstrip("/")).encode())
    except (httpx.InvalidURL, TypeError, ValueError):
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise Misconfigured(
            f"connection {connection.conn_id!r} has no host that makes a URL; it is like siem.example.com"
        )
    return url
