"""Airflow's API server alone, as tests want it: a free port on loopback, users, a data root that is there."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from unittest import mock

import httpx
from ports import free_port

ROOT = Path(__file__).resolve().parents[3]
USERS = {"ada": "ADMIN", "uma": "USER", "vera": "VIEWER"}
# `airflow db migrate`, then each module as `python -m` runs it: one process, since each imports Airflow for seconds
MIGRATE = """
import gc, runpy, sys
gc.set_threshold(100_000)
from airflow.__main__ import main
modules, sys.argv[1:] = sys.argv[1:], ["db", "migrate"]
main()
for module in modules:
    sys.argv[1:] = []
    runpy.run_module(module, run_name="__main__")
"""


def airflow_env() -> ModuleType:
    """The module by which `make up` starts Airflow."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        return importlib.import_module("airflow_env")
    finally:
        sys.path.remove(str(ROOT / "scripts"))


def password_of(user: str) -> str:
    return f"{user}'s password"


class ApiServer:
    """`airflow api-server` over Airflow's own state in `folder / "airflow"`. `address` has no slash at its end.

    Another auth manager than Airflow's simple one has its variables in `others`, and in `modules` what makes its users;
    it has tables of its own, so the database is migrated again.
    """

    def __init__(self, folder: Path, data: Path, base_path: str = "", modules: tuple[str, ...] = (), **others: str):
        self.folder, self.port, self.modules = folder, free_port(), modules
        self.address = f"http://127.0.0.1:{self.port}{base_path}"
        passwords = folder / "passwords.json"
        passwords.write_text(json.dumps({name: password_of(name) for name in USERS}))
        self.environment = self._environment(data) | {
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in USERS.items()),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
            "AIRFLOW__API__BASE_URL": self.address,
            "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("plugins", "ml")),
            **others,
        }
        self.log = folder / "api-server.log"
        self.process: subprocess.Popen | None = None
        self.sessions: dict[str, dict] = {}  # the cookies of each user who has logged in in a browser

    def start(self, seconds: float = 120) -> None:
        """Returns once it answers."""
        with self.log.open("wb") as log:
            if self.modules:
                command = [sys.executable, "-c", MIGRATE, *self.modules]
                subprocess.run(command, env=self.environment, stdout=log, stderr=log, check=True)
            self.process = subprocess.Popen(
                [*airflow_env().AIRFLOW, "api-server", "--workers", "1"],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + seconds
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()[-4000:]
            time.sleep(0.5)

    def stop(self) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=15)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def client(self, user: str | None = None) -> httpx.Client:
        """Asks below /squatwatch, as the user or as nobody."""
        headers = self.authorization(user) if user else {}
        return httpx.Client(base_url=f"{self.address}/squatwatch", headers=headers, timeout=30, trust_env=False)

    def authorization(self, user: str) -> dict[str, str]:
        """The header of somebody who has logged in."""
        login = {"username": user, "password": password_of(user)}
        token = httpx.post(f"{self.address}/auth/token", json=login, timeout=30, trust_env=False).json()
        return {"Authorization": f"Bearer {token['access_token']}"}

    def _environment(self, data: Path) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SQUATWATCH_"))}
        ours = {"PORT": self.port, "HOME": data, "AIRFLOW_HOME": self.folder / "airflow"}
        with mock.patch.dict(os.environ, clean | {f"SQUATWATCH_{k}": str(v) for k, v in ours.items()}, clear=True):
            return airflow_env().environment()

    def _answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.address}/api/v2/version", timeout=5, trust_env=False).status_code == 200
        return False
