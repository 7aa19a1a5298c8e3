"""A stand-in for the AWS provider, made once and kept in pytest's cache, and the plan that it makes."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from terraform import CHECKOV, Plan, Unavailable, Workspace, demand_terraform, environment_of, stand_in


@contextmanager
def kept(config: pytest.Config) -> Iterator[Path]:
    """Gives the folder of what is made once; other processes wait. What cannot be had skips the test."""
    folder = Path(config.cache.mkdir("terraform"))
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        except Unavailable as reason:
            pytest.skip(str(reason))


@pytest.fixture(scope="session")
def terraform_settings(pytestconfig) -> Path:
    with kept(pytestconfig) as folder:
        demand_terraform()
        return stand_in(folder)


@pytest.fixture(scope="session")
def checkov(pytestconfig) -> Path:
    """The Python of an environment with checkov."""
    with kept(pytestconfig) as folder:
        return environment_of(folder / "checkov", CHECKOV)


@pytest.fixture
def workspace(terraform_settings, tmp_path) -> Workspace:
    return Workspace.new(tmp_path / "stack", terraform_settings)


@pytest.fixture(scope="session")
def plan(terraform_settings, once_a_test_run) -> Plan:
    """The plan of the stack, made once a test run."""

    def make(folder: Path) -> None:
        Workspace.new(folder / "stack", terraform_settings).plan()

    return Plan.read(once_a_test_run("terraform-plan", make) / "stack")
