"""A run that dies at any of its commits: what is published stays whole, and the next run is as if nothing happened."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pytest
from runner import Ended, Runner
from same_tables import rows_hash

pytestmark = pytest.mark.slow

DAY = date(2024, 2, 29)
OLD = ["paypal-login.com", "amazon-vip.vip", "orchardview.org"]
NEW = ["paypal-login.com", "santader-cuenta.com", "netflix-billing.top", "orchardview.org"]
TABLES = (
    "registrations rejects load_counts name_counts feed_health registration_features set_aside candidates "
    "score_counts detections"
).split()


class World:
    """A data root and lists."""

    def __init__(self, folder: Path, runner: Runner):
        self.folder, self.home, self.runner = folder, folder / "home", runner
        self.output = folder / "output.txt"
        folder.mkdir(parents=True, exist_ok=True)

    def copy(self, name: str, runner: Runner) -> World:
        """Another one in the same state. Views name absolute paths, so it is published anew there."""
        other = World(self.folder.with_name(name), runner)
        shutil.copytree(self.home, other.home)
        other.squatwatch("publish")
        return other

    def beside(self, runner: Runner) -> World:
        """The same data root, where another process is at work."""
        other = World(self.folder / f"process-{runner.process.pid}", runner)
        other.home = self.home
        return other

    def run(self, names: list[str], kill_before: int = 0, may_end: Collection[int] = ()) -> Ended:
        """Runs the day with this list. Demands that it ends so: well, or killed where it is."""
        listed = self.folder / "list.txt"
        listed.write_text("\n".join(names))
        arguments = ("run", "--date", str(DAY), "--input", str(listed))
        return self.squatwatch(*arguments, kill_before=kill_before, may_end=may_end)

    def squatwatch(self, *arguments: str, kill_before: int = 0, may_end: Collection[int] = ()) -> Ended:
        ended = self.runner.run(
            arguments=arguments,
            home=str(self.home),
            kill_before=kill_before,
            output=str(self.output),
        )
        assert ended.status in (may_end or [137 if kill_before else 0]), self.output.read_text()
        return ended

    def published(self) -> dict[str, str]:
        """A hash of every table as a reader of the warehouse sees it."""
        with duckdb.connect(self.home / "warehouse.duckdb", read_only=True) as warehouse:
            return {table: rows_hash(warehouse.sql(f"from {table}")) for table in TABLES}


@pytest.fixture(scope="module")
def before(tmp_path_factory, runners) -> World:
    """A date that was run and published, and is about to be run again with another list."""
    world = World(tmp_path_factory.mktemp("failure-points") / "before", runners[0])
    world.run(OLD)
    return world


@pytest.fixture(scope="module")
def after(before, runners) -> World:
    """The same date after that run, with nothing in its way."""
    world = before.copy("after", runners[0])
    world.run(NEW)
    assert world.published() != before.published()
    return world


def test_a_run_killed_at_any_commit_leaves_whole_dates_and_a_clean_rerun(before, after, runners):
    """The two lists take turns, so that each kill finds the date of the other list, and no data root is made anew."""
    whole = {OLD[1]: before.published(), NEW[1]: after.published()}
    commits = before.copy("counted", runners[0]).run(NEW).commits
    assert commits > 30

    def killed_from(first: int) -> None:
        victim = before.copy(f"killed-from-{first}", runners[first - 1])
        for turn, number in enumerate(range(first, commits + 1, len(runners))):
            names = OLD if turn % 2 else NEW
            victim.run(names, kill_before=number)
            assert victim.published() in whole.values(), f"killed before commit {number}: half a date is published"
            victim.run(names)
            assert victim.published() == whole[names[1]], f"killed before commit {number}: the next run is not clean"

    with ThreadPoolExecutor(len(runners)) as pool:
        list(pool.map(killed_from, range(1, len(runners) + 1)))


@pytest.mark.parametrize("attempt", [1, 2, 3])
def test_two_runs_of_a_date_at_once_end_as_one(before, after, runners, attempt):
    world = before.copy(f"at-once-{attempt}", runners[0])
    with ThreadPoolExecutor(len(runners)) as pool:
        list(pool.map(lambda runner: world.beside(runner).run(NEW), runners))
    assert world.published() == after.published()


def test_a_disk_that_is_full_is_told_and_what_was_published_stays():
    if subprocess.run(["unshare", "--map-root-user", "--mount", "true"]).returncode:
        pytest.skip("unshare cannot make a mount namespace here, so there is no small disk to fill")
    command = ["unshare", "--map-root-user", "--mount", sys.executable, Path(__file__).with_name("full_disk.py")]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).with_name("servers"))}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
