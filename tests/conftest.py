"""What all tests share: a data root of their own, and the real lists where there are some."""

from __future__ import annotations

import atexit
import fcntl
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from uuid import uuid4

import postgresql
import pytest
from runner import Runner

ROOT = Path(__file__).resolve().parents[1]
REAL_LISTS = os.environ.get("SQUATWATCH_REAL_LISTS")  # read before tests stop seeing what is set outside

# What Python compiles is kept, whatever is set outside: else each of the hundred processes that tests start compiles
# again all that it imports, which is most of what it does.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Airflow reads its settings when it is first imported: they are in place before any test imports it.
AIRFLOW = tempfile.mkdtemp(prefix="squatwatch-airflow-")
atexit.register(shutil.rmtree, AIRFLOW, ignore_errors=True)
os.environ |= {
    "AIRFLOW_HOME": AIRFLOW,
    "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{AIRFLOW}/airflow.db",
    "AIRFLOW__LOGGING__BASE_LOG_FOLDER": f"{AIRFLOW}/logs",
}


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """All that is made here stays: to look for rubbish in it is a fifth of the work, in each process anew."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(items):
    """Files with slow tests come first, so that no process is left alone with one of them at the end.

    Coverage is that of the lists that everybody has; to trace the real ones costs more than to read them.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    for item in items:
        if "shared_data" in item.fixturenames:  # 100,000 names, line by line: what they run, small lists run as well
            item.add_marker("no_cover")


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch):
    """Tests see the defaults, whatever SQUATWATCH_… the person running them has set."""
    for name in [name for name in os.environ if name.startswith("SQUATWATCH_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def kept_descriptions_of_services():
    """Files in which botocore describes Amazon's services are read once: they are most of what a client costs."""
    from botocore.loaders import JSONFileLoader

    read = cache(JSONFileLoader().load_file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda loader, path: read(path))
        yield


@pytest.fixture
def settings(tmp_path):
    """Settings with an empty data root."""
    from squatwatch.settings import read_settings

    return read_settings(home=tmp_path / "data")


@pytest.fixture(scope="session")
def once_a_test_run(tmp_path_factory):
    """once_a_test_run(name, make) gives a folder that `make` fills, once for all processes of the test run."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def once(name: str, make: Callable[[Path], object]) -> Path:
        folder, unfinished = shared / name, shared / f"{name}.unfinished"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                make(unfinished)
                unfinished.rename(folder)
        return folder

    return once


@pytest.fixture(scope="session")
def prepare_airflow(once_a_test_run):
    """prepare_airflow(folder) puts Airflow's own state there, as `make up` makes it; it is made once a test run."""

    def make(home: Path) -> None:
        program = "from airflow_env import prepare; prepare()"
        environment = os.environ | {"SQUATWATCH_AIRFLOW_HOME": str(home)}
        subprocess.run([sys.executable, "-c", program], cwd=ROOT / "scripts", env=environment, check=True)

    return lambda folder: shutil.copytree(once_a_test_run("airflow", make), folder)


@pytest.fixture(scope="session")
def new_home(once_a_test_run):
    """new_home(folder) gives a data root that has only what every root makes first: the packaged popularity lists.

    They are made once a test run; each root has links to them, since making them costs as much as loading a date.
    """

    def make(home: Path) -> None:
        from squatwatch.lists.popularity import lists_in_force

        lists_in_force(home)

    def new(home: Path) -> Path:
        made = once_a_test_run("first-lists", make)
        shutil.copytree(made / "popularity", home / "popularity", copy_function=os.link)
        return home

    return new


@pytest.fixture(scope="module")
def runners():
    """Two processes that run commands for us, and can be killed at any commit."""
    runners = [Runner() for _ in range(2)]
    yield runners
    for runner in runners:
        runner.stop()


@pytest.fixture(scope="session")
def postgresql_server():
    """The URL of a PostgreSQL server of our own, `{database}` in it; skipped where PostgreSQL is not installed."""
    programs = postgresql.programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed: no initdb on the path or below /usr/lib/postgresql")
    with postgresql.server(programs) as server:
        yield server.url


@pytest.fixture
def postgresql_url(postgresql_server):
    """The URL of an empty database."""
    return postgresql.create_database(postgresql_server, uuid4().hex)


@pytest.fixture
def shared_data():
    """The folder of real registration lists and squats; the test is skipped where the setting names none."""
    if not REAL_LISTS or not Path(REAL_LISTS).is_dir():
        pytest.skip("no real lists: set SQUATWATCH_REAL_LISTS to a folder of them (README says what it holds)")
    return Path(REAL_LISTS)
