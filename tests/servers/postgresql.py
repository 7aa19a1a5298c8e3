"""A PostgreSQL server of the tests' own, on a free port of the loopback interface."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from ports import free_port


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`; Debian keeps it off the path."""
    found = [Path(shutil.which("initdb") or ""), *sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))]
    return found[-1].resolve().parent if found[-1].name else None


@contextmanager
def server(bin_folder: Path) -> Iterator[str]:
    """Starts it and gives a URL, `{database}` in it, for the role `ana`."""
    folder = Path(tempfile.mkdtemp(prefix="squatwatch-postgresql-"))
    data, port = folder / "data", free_port()
    try:
        if os.getuid() == 0:
            shutil.chown(folder, "nobody")
        _run(bin_folder / "initdb", "--pgdata", data, "--username", "ana", "--auth", "trust", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
        _run(bin_folder / "pg_ctl", "--pgdata", data, "--options", options, "--log", folder / "log", "--wait", "start")
        try:
            yield f"postgresql+psycopg2://ana@127.0.0.1:{port}/{{database}}"
        finally:
            _run(bin_folder / "pg_ctl", "--pgdata", data, "--mode", "immediate", "--wait", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def create_database(url: str, name: str) -> str:
    """An empty database on the server; its URL."""
    engine = sa.create_engine(url.format(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'create database "{name}"'))
    engine.dispose()
    return url.format(database=name)


def create_role_and_database(url: str, name: str, password: str) -> str:
    """A role and an empty database of its own, both of this name; the server's address, host and port."""
    engine = sa.create_engine(url.format(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"create role \"{name}\" login password '{password}'"))
        connection.execute(sa.text(f'create database "{name}" owner "{name}"'))
    engine.dispose()
    return f"{engine.url.host}:{engine.url.port}"


def _run(*command: object) -> None:
    """As nobody where the tests run as root, which PostgreSQL refuses."""
    as_nobody = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"] if os.getuid() == 0 else []
    with tempfile.TemporaryFile("w+") as log:  # no pipe: the server would hold it open
        done = subprocess.run([*as_nobody, *map(str, command)], cwd="/", stdout=log, stderr=subprocess.STDOUT)
        log.seek(0)
        assert done.returncode == 0, log.read()
