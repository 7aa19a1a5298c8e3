"""Airflow connections, found as Airflow finds them: in a task through its API, else in AIRFLOW_CONN_… or a backend.

No metadata database is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from squatwatch.net.faults import NoConnection

if TYPE_CHECKING:
    from airflow.sdk import Connection


def find_connection(name: str, example: str) -> Connection:
    """Return the connection. Raises NoConnection where there is none; `example` is how to write it into a variable."""
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowException

    try:
        return BaseHook.get_connection(name)
    except (AirflowException, ValueError):
        raise NoConnection(
            f"there is no Airflow connection {name!r} that can be read; add it in Airflow, where tasks find it, or set "
            f"AIRFLOW_CONN_{name.upper()}='{example}', which commands read too"
        ) from None
