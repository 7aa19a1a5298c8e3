"""Runs on a data root in a store that are killed or meet others: no half date is seen, and the next run is clean."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
import small_disk
from runner import Ended, Runner
from s3_server import connection, no_credentials_of_the_machine, s3_server
from same_tables import content

from squatwatch.settings import read_settings
from squatwatch.store import s3
from squatwatch.store.door import follow, follow_warehouse

pytestmark = [pytest.mark.slow, pytest.mark.machines]

DAY = date(2024, 2, 29)
EVERY = int(os.environ.get("EVERY", "5"))  # puts; EVERY=1 kills before each: some two minutes
OLD = ["paypal-login.com", "amazon-vip.vip", "orchardview.org"]
NEW = ["paypal-login.com", "santader-cuenta.com", "netflix-billing.top", "orchardview.org"]


class Machines:
    """Machines that work on one data root in a store; each has a scratch folder and a process that runs commands."""

    def __init__(self, folder: Path, runners: list[Runner], url: str | None = None):
        self.folder, self.runners = folder, runners
        self.url = url or f"file://{folder}/share"
        (folder / "share").mkdir(parents=True)

    def environment(self, name: object) -> dict[str, str]:
        scratch, labels = self.folder / f"scratch-{name}", self.folder / "labels.db"
        return {"SQUATWATCH_SCRATCH": str(scratch), "SQUATWATCH_DATABASE_URL": f"sqlite:///{labels}"}

    def run(self, number: int, names: list[str], kill_before: int = 0, may_end: Collection[int] = ()) -> Ended:
        """Machine `number` runs the day with this list; it ends well, killed where it is to be, or as it may."""
        listed, output = self.folder / f"list-{number}.txt", self.folder / f"output-{number}.txt"
        listed.write_text("\n".join(names))
        ended = self.runners[number].run(
            arguments=("run", "--date", str(DAY), "--input", str(listed)),
            home=self.url,
            environment=self.environment(number),
            puts=True,
            kill_before=kill_before,
            output=str(output),
        )
        assert ended.status in (may_end or [137 if kill_before else 0]), output.read_text()
        return ended

    def published(self) -> dict[tuple, str]:
        """What a reader sees."""
        named = {name.removeprefix("SQUATWATCH_").lower(): value for name, value in self.environment("reader").items()}
        settings = read_settings(home=self.url, **named)
        follow(settings)
        follow_warehouse(settings)
        return {key: hashed for key, hashed in content(settings.home, [DAY]).items() if key[1] == "all"}


@pytest.fixture(params=[pytest.param("folder", marks=pytest.mark.long), "s3"])
def machines(request, tmp_path) -> Iterator[Machines]:
    """Two machines that work on a store in a folder, or in a bucket."""
    if request.param == "folder":
        yield Machines(tmp_path, request.getfixturevalue("runners"))
        return
    with no_credentials_of_the_machine() as patch, s3_server("killed") as address:
        patch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(address))
        s3._client.cache_clear()
        runners = [Runner("s3"), Runner("s3")]
        yield Machines(tmp_path, runners, "s3://killed/squat/watch")
        for runner in runners:
            runner.stop()
    s3._client.cache_clear()


def test_a_run_killed_before_any_put_leaves_whole_dates_and_a_clean_rerun(machines):
    """Two machines take turns with two lists: one is killed, the other one does the date."""
    whole = {}
    for names in (OLD, NEW, OLD):
        puts = machines.run(0, names).commits
        whole[names[1]] = machines.published()
    assert whole[OLD[1]] != whole[NEW[1]] and puts > 20
    now = OLD
    for number in range(1, puts + 1, EVERY):
        names = NEW if now is OLD else OLD
        machines.run(number % 2, names, kill_before=number)
        assert machines.published() in whole.values(), f"killed before put {number}: half a date is published"
        machines.run((number + 1) % 2, names)
        assert machines.published() == whole[names[1]], f"killed before put {number}: the next run is not clean"
        now = names


def test_two_machines_that_run_a_date_at_once_end_as_one(tmp_path, runners):
    machines = Machines(tmp_path, runners)
    with ThreadPoolExecutor(len(runners)) as pool:
        list(pool.map(lambda number: machines.run(number, NEW), range(2)))
    at_once = machines.published()
    alone = Machines(tmp_path / "alone", runners)
    alone.run(0, NEW)
    assert at_once == alone.published()


@pytest.mark.long
def test_a_scratch_disk_that_is_full_is_told_and_what_was_published_stays():
    small_disk.demand_success(Path(__file__).with_name("full_scratch.py"))
