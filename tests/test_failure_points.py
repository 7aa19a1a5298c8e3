"""A run that dies at any of its commits: what is published stays whole, and the next run is as if nothing happened."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pytest

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).with_name("killed_run.py")
DAY = date(2024, 2, 29)
OLD = ["paypal-login.com", "amazon-vip.vip", "orchardview.org"]
NEW = ["paypal-login.com", "santader-cuenta.com", "netflix-billing.top", "orchardview.org"]
TABLES = (
    "registrations rejects load_counts name_counts feed_health registration_features set_aside candidates "
    "score_counts detections"
).split()
VOLATILE = {"scored_at", "device", "fetched_at"}


class World:
    """A data root, lists, and what dbt made of them."""

    def __init__(self, folder: Path):
        self.folder, self.home = folder, folder / "home"
        folder.mkdir(parents=True, exist_ok=True)

    def copy(self, name: str) -> World:
        """Another one in the same state. Views name absolute paths, so it is published anew there."""
        other = World(self.folder.with_name(name))
        shutil.copytree(self.home, other.home)
        other.squatwatch("publish")
        return other

    def run(self, names: list[str], kill_before: int = 0) -> subprocess.CompletedProcess:
        listed = self.folder / "list.txt"
        listed.write_text("\n".join(names))
        recorded = hashlib.sha256(repr(names).encode()).hexdigest()[:8]
        return self.squatwatch("run", "--date", str(DAY), "--input", str(listed), kill_before=kill_before, dbt=recorded)

    def squatwatch(self, *arguments: str, kill_before: int = 0, dbt: str = "publish") -> subprocess.CompletedProcess:
        recordings = self.folder.parent / "recordings" / dbt
        environment = {
            **os.environ,
            "SQUATWATCH_HOME": str(self.home),
            "KILL_BEFORE": str(kill_before),
            "DBT_RECORDED": str(recordings),
        }
        ended = subprocess.run(
            [sys.executable, PROGRAM, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        assert ended.returncode == (137 if kill_before else 0), ended.stderr
        return ended

    def published(self) -> dict[str, str]:
        """A hash of every table as a reader of the warehouse sees it."""
        with duckdb.connect(self.home / "warehouse.duckdb", read_only=True) as warehouse:
            hashes = {}
            for table in TABLES:
                rows = warehouse.sql(f"from {table}")
                kept = ", ".join(f'"{column}"' for column in rows.columns if column not in VOLATILE)
                lines = sorted(map(repr, rows.project(kept).fetchall()))
                hashes[table] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
            return hashes


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    """A date that was run and published."""
    world = World(tmp_path_factory.mktemp("failure-points") / "world")
    world.run(OLD)
    return world


@pytest.fixture(scope="module")
def clean(world) -> tuple[World, int]:
    """The same date run again from another list, undisturbed, and how many commits that took."""
    clean = world.copy("clean")
    ended = clean.run(NEW)
    return clean, int(re.search(r"commits: (\d+)", ended.stderr)[1])


def test_a_run_killed_at_any_commit_leaves_whole_dates_and_a_clean_rerun(world, clean):
    before, (done, commits) = world.published(), clean
    after = done.published()
    assert commits > 30 and before != after

    def killed_at(number: int) -> None:
        victim = world.copy(f"killed-{number}")
        victim.run(NEW, kill_before=number)
        seen = victim.published()
        assert seen in (before, after), f"killed before commit {number}: half a date is published"
        victim.run(NEW)
        assert victim.published() == after, f"killed before commit {number}: the next run is not clean"
        shutil.rmtree(victim.folder)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(killed_at, range(1, commits + 1)))
