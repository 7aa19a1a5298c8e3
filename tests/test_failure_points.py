"""A run that dies at any of its commits: what is published stays whole, and the next run is as if nothing happened."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pytest
import small_disk
from runner import Ended, Runner
from same_tables import rows_hash

pytestmark = pytest.mark.slow

DAY = date(2024, 2, 29)
OLD = ["paypal-login.com", "amazon-vip.vip", "orchardview.org"]
NEW = ["paypal-login.com", "santader-cuenta.com", "netflix-billing.top", "orchardview.org"]
KILLED = 30  # the commit before which a run is really killed
TABLES = (
    "registrations rejects load_counts name_counts feed_health registration_features set_aside candidates "
    "score_counts detections rankings"
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

    def run(self, names: list[str], may_end: Collection[int] = (0,), **request: object) -> Ended:
        """Runs the day with this list, and demands that it ends so."""
        listed = self.folder / "list.txt"
        listed.write_text("\n".join(names))
        return self.squatwatch("run", "--date", str(DAY), "--input", str(listed), may_end=may_end, **request)

    def squatwatch(self, *arguments: str, may_end: Collection[int] = (0,), **request: object) -> Ended:
        whole_request = {"kill_before": 0} | request
        ended = self.runner.run(arguments=arguments, home=str(self.home), output=str(self.output), **whole_request)
        assert ended.status in may_end, self.output.read_text()
        return ended

    def states_of_a_run(self, names: list[str]) -> Iterator[int]:
        """Runs the day, and gives the data root the state before each of its commits, which is what a kill leaves."""
        states, over = self.folder / "states", self.folder / "over"
        states.mkdir()
        self.run(names, states=str(states))
        for state in sorted(states.iterdir()):
            self.home.rename(over)
            state.rename(self.home)  # views name absolute paths
            yield int(state.name)
            shutil.rmtree(over)

    def files(self) -> set[str]:
        """What is where, as a run of the same names leaves it at another time."""
        return {
            re.sub(r"[0-9a-f]{6,}|\d+|tmp\w+", "…", str(path.relative_to(self.home))) for path in self.home.rglob("*")
        }

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
    """One run is killed; for all other commits, what a kill leaves is what was there just before."""
    whole = (before.published(), after.published())
    killed, victim = before.copy("killed", runners[0]), before.copy("victim", runners[0])
    killed.run(NEW, kill_before=KILLED, may_end=(137,))
    number = 0
    for number in victim.states_of_a_run(NEW):
        assert number != KILLED or victim.files() == killed.files()
        assert victim.published() in whole, f"killed before commit {number}: half a date is published"
        victim.run(NEW)
        assert victim.published() == after.published(), f"killed before commit {number}: the next run is not clean"
    assert number > KILLED


@pytest.mark.parametrize("attempt", [1, 2, 3])
def test_two_runs_of_a_date_at_once_end_as_one(before, after, runners, attempt):
    world = before.copy(f"at-once-{attempt}", runners[0])
    with ThreadPoolExecutor(len(runners)) as pool:
        list(pool.map(lambda runner: world.beside(runner).run(NEW), runners))
    assert world.published() == after.published()


def test_a_disk_that_is_full_is_told_and_what_was_published_stays():
    small_disk.demand_success(Path(__file__).with_name("full_disk.py"))
