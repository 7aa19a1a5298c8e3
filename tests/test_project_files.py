"""What packagers, lawyers and contributors look for: licence, changelog, hooks and the workflow of the checks."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

from squatwatch import __version__

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WORKFLOW = ROOT / ".github/workflows/checks.yml"
LINTERS = ("ruff check", "ruff format --check", "mypy", "sqlfluff lint")


def test_licence_files_are_there():
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
    assert all((ROOT / name).read_text("utf-8") for name in PROJECT["license-files"])


def test_both_packages_say_that_they_are_typed():
    assert all((ROOT / package / "py.typed").exists() for package in ("plugins/squatwatch", "ml/squatwatch_ml"))


def test_changelog_has_the_version_and_newest_first():
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$", changelog, re.M)
    assert versions[0] == __version__ and versions[-1] == "0.1.0"
    assert changelog.index("## Unreleased") < changelog.index(f"## {__version__}")


def test_workflow_fits_its_schema():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_workflow_tests_every_python_that_is_supported():
    tested = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["tests"]["strategy"]["matrix"]["python"]
    classifiers = [name for name in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", name)]
    assert tested == [name.rsplit(" ", 1)[-1] for name in classifiers]


def test_hooks_and_make_lint_run_the_same_tools_of_the_environment():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    entries = [hook["entry"] for repository in hooks for hook in repository["hooks"]]
    assert len(entries) == len(LINTERS) and all(entry.startswith(".venv/bin/") for entry in entries)
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\nlint: ")[2].partition("\n\n")[0]
    assert all(tool in recipe for tool in LINTERS)
