"""The work of a run of two names, counted: what would make each run dearer fails here, on machines of any speed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
LIMITS = HERE / "counted_work.yml"
WRITTEN = yaml.safe_load(LIMITS.read_text("utf-8"))


@pytest.fixture(scope="module")
def counted(tmp_path_factory) -> dict[str, list[str]]:
    """What the second run of a data root did, by the names of the limits."""
    root = tmp_path_factory.mktemp("counted")
    run(root, "2024-06-12", "paypal-login.com", "flowers-of-rome.com")
    return run(root, "2024-06-13", "adidas-shop.com", "bakery-in-lyon.com")


def run(root: Path, run_date: str, *names: str) -> dict[str, list[str]]:
    listed, counts = root / f"{run_date}.txt", root / f"{run_date}.json"
    listed.write_text("\n".join(names))
    # what measures coverage in a process of its own would be counted
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "SQUATWATCH_"))}
    command = [sys.executable, HERE / "counted_run.py", counts, "run", "--date", run_date, "--input", listed]
    ran = subprocess.run(
        command, env=inherited | {"SQUATWATCH_HOME": str(root / "data")}, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(counts.read_text())


@pytest.mark.parametrize("what", WRITTEN["limits"])
def test_a_run_does_no_more_than_its_limit(counted, what):
    limit = WRITTEN["limits"][what]
    assert len(counted[what]) <= limit, (
        f"{what}: {len(counted[what]):,} counted, more than the {limit:,} in {LIMITS}. {summary(what, counted[what])}"
    )


@pytest.mark.parametrize("what", WRITTEN["limits"])
def test_a_limit_is_near_what_is_counted(counted, what):
    limit = WRITTEN["limits"][what]
    assert len(counted[what]) * 2 >= limit, (
        f"{what}: {len(counted[what]):,} counted, so a limit of {limit:,} says nothing: lower it in {LIMITS}"
    )


def test_all_that_is_counted_has_a_limit(counted):
    assert set(counted) == set(WRITTEN["limits"])


@pytest.mark.parametrize("module", WRITTEN["never_imported"])
def test_a_run_does_not_import(counted, module):
    assert module not in counted["modules_imported"], (
        f"{module} is imported by a run of two names, and {LIMITS} says that it is not to be; "
        f"to see by what: python -X importtime -m squatwatch.cli run …"
    )


def summary(what: str, found: list[str]) -> str:
    """The most frequent beginnings of what was counted: packages, kinds of statements, folders."""
    beginning = {
        "modules_imported": lambda name: name.split(".")[0],
        "statements_executed": lambda sql: " ".join(sql.split()[:3]),
    }.get(what, lambda path: path.split("/run_date=")[0])
    most = Counter(map(beginning, found)).most_common(12)
    return "Most of them: " + ", ".join(f"{count:,} {name}" for name, count in most)
