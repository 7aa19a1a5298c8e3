"""The environment in which `make run`, `make up` and `make airflow` run Airflow.

Everything Airflow keeps (database, logs, generated passwords) is in `.airflow/`, readable by its owner only;
SQUATWATCH_AIRFLOW_HOME moves it. An AIRFLOW_HOME of your own is left alone.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import airflow_users

ROOT = Path(__file__).resolve().parents[1]
# as `python -m airflow`; looking for garbage in what Airflow imports, where there is none, takes a sixth of its start
AIRFLOW = [sys.executable, "-c", "import gc; gc.set_threshold(100_000); from airflow.__main__ import main; main()"]


def airflow_home() -> Path:
    """Return the folder of Airflow's own state."""
    return Path(os.environ.get("SQUATWATCH_AIRFLOW_HOME") or ROOT / ".airflow").expanduser().resolve()


def data_home() -> Path:
    """Return the root of all data."""
    return Path(os.environ.get("SQUATWATCH_HOME") or ROOT / "data").expanduser().resolve()


def port() -> int:
    """Return the port of the API server. End the program where SQUATWATCH_PORT is none."""
    text = os.environ.get("SQUATWATCH_PORT") or "8080"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        sys.exit(f"SQUATWATCH_PORT={text} is not a port; choose a number, for example SQUATWATCH_PORT=8081 make up")
    return int(text)


def passwords_file() -> Path:
    """Return the file of the logins' passwords."""
    return airflow_home() / "passwords.json"


def database_file() -> Path:
    """Return Airflow's database."""
    return airflow_home() / "airflow.db"


def environment() -> dict[str, str]:
    """Return the caller's environment with Airflow's settings; paths are absolute: tasks run in another folder."""
    home, address = airflow_home(), f"http://127.0.0.1:{port()}"
    settings = {
        "CORE__DAGS_FOLDER": ROOT / "dags",
        "CORE__PLUGINS_FOLDER": ROOT / "plugins",
        "CORE__LOAD_EXAMPLES": False,
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": 4,
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": False,
        "CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": airflow_users.for_airflow(),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": passwords_file(),
        "CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        # several processes write: wait for a lock rather than answer "database is locked"
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{database_file()}?timeout=60",
        "API__HOST": "127.0.0.1",
        "API__PORT": port(),
        "API__BASE_URL": address,
        "DAG_PROCESSOR__PARSING_PROCESSES": 1,
        "LOGGING__BASE_LOG_FOLDER": home / "logs",
    }
    return {
        **os.environ,
        **{f"AIRFLOW__{name}": str(value) for name, value in settings.items()},
        "AIRFLOW_HOME": str(home),
        "SQUATWATCH_HOME": str(data_home()),
        "PYTHONUNBUFFERED": "1",
        # tasks talk to the API server on loopback, which no proxy can reach
        "NO_PROXY": ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1", "localhost"])),
    }


def prepare() -> None:
    """Make the folder and bring Airflow's database up to date, quietly. End the program where that fails."""
    os.umask(0o077)
    logs = airflow_home() / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    if _is_up_to_date():
        return
    log = logs / "migrate.log"
    with log.open("wb") as file:
        migrated = subprocess.run([*AIRFLOW, "db", "migrate"], env=environment(), stdout=file, stderr=file, check=False)
    if migrated.returncode:
        sys.exit(f"{tail(log)}\nAirflow's database could not be made; the whole log is {log}")
    _record().write_text(_state(), "utf-8")


def _is_up_to_date() -> bool:
    """Tell whether the database is as this release of Airflow left it: asking Airflow itself takes seconds."""
    try:
        return _record().read_text("utf-8") == _state()
    except (OSError, sqlite3.Error):  # neither is there before the first time
        return False


def _record() -> Path:
    return airflow_home() / "migrated.txt"


def _state() -> str:
    """Return the release of Airflow and the revision of its database."""
    with closing(sqlite3.connect(f"{database_file().as_uri()}?mode=ro", uri=True)) as database:
        revisions = database.execute("select version_num from alembic_version").fetchall()
    return f"apache-airflow {version('apache-airflow')}, database {revisions}"


def tail(log: Path, lines: int = 15) -> str:
    """Return the log's last lines."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
