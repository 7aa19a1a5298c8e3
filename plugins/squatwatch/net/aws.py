"""Clients of Amazon's services with the credentials of an Airflow connection, which is found as Airflow finds it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from squatwatch.net.connections import find_connection
from squatwatch.net.faults import NeedsAPerson
from squatwatch.net.loopback import is_loopback
from squatwatch.net.plain_aws import MACHINES_OWN, plain_connection
from squatwatch.net.proxies import check_proxies
from squatwatch.net.quiet_logs import keep_secrets_out_of_logs


def open_aws_client(service: str, who: str, connection: str, **options: Any) -> Any:
    """Return a boto client of a service, which messages call `who`. `options` are of its Config.

    Raises NoConnection where the connection is missing: the hook alone would take the machine's own credentials.
    Raises NeedsAPerson where a variable names a file of authorities that does not exist, or no proxy.
    """
    from botocore.config import Config

    plain = plain_connection(connection)
    if plain is None:
        find_connection(connection, MACHINES_OWN)
    keep_secrets_out_of_logs()
    check_proxies(who, ("http", "https"))
    _check_authorities(who)
    config = Config(**options) if options else None
    if plain:
        return plain.client(service, config)
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook

    return AwsBaseHook(aws_conn_id=connection, client_type=service, config=config).get_conn()


def demand_encrypted(client: Any, connection: str) -> None:
    """Raise NeedsAPerson where the client would ask another machine without encryption."""
    address = urlsplit(client.meta.endpoint_url)
    if address.scheme != "https" and not is_loopback(address.hostname or ""):
        raise NeedsAPerson(
            f"the endpoint {address.scheme}://{address.netloc} of connection {connection!r}",
            "would be asked without encryption",
            "write https:// (plain http is for this machine alone)",
        )


def _check_authorities(who: str) -> None:
    """Raise NeedsAPerson where boto would take a file that is not there, and blame the server, or no file at all.

    It takes the first of the two variables that is set, and does not look at the other one.
    """
    for variable in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        path = os.environ.get(variable)
        if path is None:
            continue
        if not path.strip():
            raise NeedsAPerson(who, f"cannot be asked: {variable} is set and names no file", "unset it")
        if not Path(path).exists():
            raise NeedsAPerson(who, f"cannot be asked: {variable} ({path}) does not exist", "correct it or unset it")
        return
