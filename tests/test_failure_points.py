"""A run that dies at any of its commits: what is published stays whole, and the next run is as if nothing happened."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
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


class Runner:
    """A process that runs commands for us, each in a fork of its own."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, **request: object) -> tuple[int, int]:
        """Exit status and number of commits."""
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        status, commits = self.process.stdout.readline().split()
        return int(status), int(commits)

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait()


class World:
    """A data root, lists, and what dbt made of them."""

    def __init__(self, folder: Path, runner: Runner):
        self.folder, self.home, self.runner = folder, folder / "home", runner
        folder.mkdir(parents=True, exist_ok=True)

    def copy(self, name: str, runner: Runner) -> World:
        """Another one in the same state. Views name absolute paths, so it is published anew there."""
        other = World(self.folder.with_name(name), runner)
        shutil.copytree(self.home, other.home)
        other.squatwatch("publish")
        return other

    def run(self, names: list[str], kill_before: int = 0) -> int:
        """Returns how many commits there were."""
        listed = self.folder / "list.txt"
        listed.write_text("\n".join(names))
        arguments = ("run", "--date", str(DAY), "--input", str(listed))
        return self.squatwatch(*arguments, kill_before=kill_before, recorded="old" if names is OLD else "new")

    def squatwatch(self, *arguments: str, kill_before: int = 0, recorded: str = "old") -> int:
        output = self.folder / "output.txt"
        status, commits = self.runner.run(
            arguments=arguments,
            home=str(self.home),
            recorded=str(self.folder.parent / "dbt" / recorded),
            kill_before=kill_before,
            output=str(output),
        )
        assert status == (137 if kill_before else 0), output.read_text()
        return commits

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
def runners() -> Iterator[list[Runner]]:
    runners = [Runner() for _ in range(2)]
    yield runners
    for runner in runners:
        runner.stop()


@pytest.fixture(scope="module")
def world(tmp_path_factory, runners) -> World:
    """A date that was run and published."""
    world = World(tmp_path_factory.mktemp("failure-points") / "world", runners[0])
    world.run(OLD)
    return world


def test_a_run_killed_at_any_commit_leaves_whole_dates_and_a_clean_rerun(world, runners):
    before = world.published()
    world.copy("recorded", runners[0]).run(NEW)  # the first time dbt is asked, and what it parsed is kept
    clean = world.copy("clean", runners[0])
    commits = clean.run(NEW)
    after = clean.published()
    assert commits > 30 and before != after

    def killed_from(first: int) -> None:
        for number in range(first, commits + 1, len(runners)):
            victim = world.copy(f"killed-{number}", runners[first - 1])
            victim.run(NEW, kill_before=number)
            assert victim.published() in (before, after), f"killed before commit {number}: half a date is published"
            victim.run(NEW)
            assert victim.published() == after, f"killed before commit {number}: the next run is not clean"
            shutil.rmtree(victim.folder)

    with ThreadPoolExecutor(len(runners)) as pool:
        list(pool.map(killed_from, range(1, len(runners) + 1)))
