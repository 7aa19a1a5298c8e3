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


class Server:
    """A server in a folder of its own; `url` has `{database}` in it, for the role `ana`."""

    def __init__(self, bin_folder: Path, folder: Path):
        self.bin_folder, self.folder, self.port = bin_folder, folder, free_port()
        self.url = f"postgresql+psycopg2://ana@127.0.0.1:{self.port}/{{database}}"
        if os.getuid() == 0:
            shutil.chown(folder, "nobody")
        _run(bin_folder / "initdb", "--pgdata", self.data, "--username", "ana", "--auth", "trust", "--no-sync")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder} -c fsync=off"
        self._pg_ctl("--options", options, "--log", self.folder / "log", "start")

    def stop(self) -> None:
        """Ends it as it is; who is connected is cut off."""
        self._pg_ctl("--mode", "immediate", "stop")

    def _pg_ctl(self, *words: object) -> None:
        _run(self.bin_folder / "pg_ctl", "--pgdata", self.data, "--wait", *words)


@contextmanager
def server(bin_folder: Path) -> Iterator[Server]:
    """A server at work; nothing of it is left."""
    folder = Path(tempfile.mkdtemp(prefix="squatwatch-postgresql-"))
    try:
        started = Server(bin_folder, folder)
        started.start()
        try:
            yield started
        finally:
            started.stop()
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
