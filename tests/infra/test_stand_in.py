"""Where something cannot be had, it is said what; the tests that need it are skipped with these words."""

from __future__ import annotations

import pytest
import terraform
from terraform import Unavailable, demand_terraform, environment_of


def test_without_terraform_it_is_said_which_one_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable, match=r"terraform is not on the path: install 1\.11 or newer"):
        demand_terraform()


def test_an_older_terraform_is_named(monkeypatch, tmp_path):
    program = tmp_path / "terraform"
    program.write_text('#!/bin/sh\necho \'{"terraform_version": "1.5.7"}\'\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(Unavailable, match=r"terraform 1\.5\.7 is too old: install 1\.11 or newer"):
        demand_terraform()


def test_packages_that_cannot_be_had_are_named_and_nothing_half_made_counts(monkeypatch, tmp_path):
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    for _ in range(2):
        with pytest.raises(Unavailable, match=f"{terraform.CHECKOV} cannot be had"):
            environment_of(tmp_path / "checkov", terraform.CHECKOV)
