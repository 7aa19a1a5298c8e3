"""A connection to Amazon's services with keys, endpoint and region alone, read from its variable without Airflow.

To import Airflow and its hook takes a process longer than the work of a step in S3. What is written in another way, or
could be found elsewhere first, is left to them, and so is all in a process that has Airflow loaded, as tasks have.
"""

from __future__ import annotations

import os
import sys
from configparser import ConfigParser
from configparser import Error as NoConfiguration
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Json, ValidationError

MACHINES_OWN = "aws://"  # the connection that says: the machine's own credentials
SECTIONS = (
    "secrets",
    "workers",
    "aws",
)  # of Airflow's configuration: what may find other connections, or make sessions
Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Extra(_Strict):
    endpoint_url: Text | None = None
    region_name: Text | None = None


class _Written(_Strict):
    conn_type: Literal["aws"]
    login: Text | None = None
    password: Text | None = None
    extra: _Extra | Json[_Extra] = _Extra()


@dataclass(frozen=True)
class PlainConnection:
    """Keys, endpoint and region; None for what boto finds by itself."""

    key: str | None = None
    secret: str | None = None
    endpoint: str | None = None
    region: str | None = None

    def client(self, service: str, config: Any) -> Any:
        """Return boto's client of a service, as the hook makes it."""
        from boto3.session import Session

        session = Session(self.key, self.secret, region_name=self.region)
        return session.client(service, endpoint_url=self.endpoint, config=config)


def plain_connection(name: str) -> PlainConnection | None:
    """Return the connection, None where Airflow has to be asked for it."""
    written = os.environ.get(f"AIRFLOW_CONN_{name.upper()}")
    if not written or "airflow" in sys.modules or _is_airflow_set_up():
        return None
    if written == MACHINES_OWN:
        return PlainConnection()
    try:
        found = _Written.model_validate_json(written)
    except ValidationError:
        return None
    if (found.login is None) != (found.password is None):
        return None
    return PlainConnection(found.login, found.password, found.extra.endpoint_url, found.extra.region_name)


def _is_airflow_set_up() -> bool:
    """Tell whether variables or the file of Airflow's configuration say something of connections or of Amazon."""
    if any(name.startswith(tuple(f"AIRFLOW__{section.upper()}__" for section in SECTIONS)) for name in os.environ):
        return True
    home = Path(os.environ.get("AIRFLOW_HOME", "~/airflow"))
    file = Path(os.path.expandvars(os.environ.get("AIRFLOW_CONFIG", home / "airflow.cfg"))).expanduser()
    configuration = ConfigParser(interpolation=None, strict=False)
    try:
        configuration.read(file, "utf-8")
    except (NoConfiguration, ValueError):
        return True
    return any(value for name in SECTIONS if name in configuration for value in configuration[name].values())
