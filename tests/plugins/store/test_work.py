"""Work on a data root in a store: what is committed, what others see of it, and who is overtaken."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from datetime import date
from pathlib import Path

import duckdb
import pytest
from store_work import DAY, DAY_BEFORE, path_of, publish, seen, written

from squatwatch.errors import Damaged, SquatwatchError, TryLater
from squatwatch.store import catalogs
from squatwatch.store import work as module
from squatwatch.store.door import follow, follow_warehouse, work_on
from squatwatch.store.folder import FolderStore
from squatwatch.store.scope import Before, Scope


def commits(tmp_path: Path, unit=f"run_date={DAY}"):
    return sorted(path.name for path in (tmp_path / "share/commits" / unit).iterdir())


def test_what_one_machine_wrote_another_sees_when_it_is_committed(machine, tmp_path):
    written(machine("a"), {path_of("registrations"): "names", "allowlist.csv": "domain,reason,expires_on"})
    assert seen(machine("b")) == {
        path_of("registrations"): "names",
        "allowlist.csv": "domain,reason,expires_on",
    }
    [state] = (tmp_path / f"share/commits/run_date={DAY}").iterdir()
    assert list(json.loads(state.read_text())["files"]) == [path_of("registrations")]
    [stored] = (tmp_path / f"share/objects/registrations/run_date={DAY}").iterdir()
    assert stored.read_text() == "names" and stored.name.startswith("registrations-")


def test_the_machine_that_wrote_it_sees_it_without_asking_again(machine):
    settings = machine("a")
    written(settings, {path_of("registrations"): "names"})
    assert (settings.home / path_of("registrations")).read_text() == "names"


def test_a_file_that_was_written_again_with_the_same_bytes_is_no_change(machine, tmp_path):
    written(machine("a"), {path_of("registrations"): "names"})
    written(machine("b"), {path_of("registrations"): "names"})
    assert len(commits(tmp_path)) == 1


def test_a_file_that_was_removed_is_gone_for_all(machine):
    written(machine("a"), {path_of("registrations"): "names", path_of("rejects"): "lines"})
    assert len(seen(machine("b"))) == 2
    written(machine("a"), {path_of("rejects"): None})
    assert list(seen(machine("b"))) == [path_of("registrations")]


def test_snapshots_of_zones_are_brought_to_those_alone_who_download_them(machine):
    snapshot = {"zones/com/2024-02-29.txt": "a hundred million names"}
    downloads = Scope([DAY], zones=True)
    written(machine("a"), snapshot | {path_of("registrations"): "names"}, downloads)
    assert list(seen(machine("b"))) == [path_of("registrations")]
    brought = []
    work_on(machine("b"), downloads, lambda root: brought.append((root.home / next(iter(snapshot))).read_text()))
    assert brought == list(snapshot.values())


def test_what_nobody_else_needs_stays_on_the_machine(machine, tmp_path):
    settings = machine("a")
    written(settings, {"logs/publish.log": "…", "cache/dbt/plan.json": "{}", "index/2024-02.json": "{}"})
    assert not list((tmp_path / "share").iterdir())
    assert (settings.home.parent / "logs/publish.log").is_file()


def test_what_was_written_before_a_failure_is_committed_with_it(machine):
    """A check that stops a date has written why."""

    def stopped(root):
        (root.home / path_of("feed_health")).parent.mkdir(parents=True)
        (root.home / path_of("feed_health")).write_text("stopped")
        raise SquatwatchError(f"the list in {root.home} is half")

    settings = machine("a")
    with pytest.raises(SquatwatchError, match=r"the list in file:///.*/share is half"):
        work_on(settings, Scope([DAY]), stopped)
    assert seen(machine("b")) == {path_of("feed_health"): "stopped"}


def test_what_was_written_before_a_fault_of_the_program_is_not(machine, tmp_path):
    def broken(root):
        (root.home / path_of("load")).parent.mkdir(parents=True)
        (root.home / path_of("load")).write_text("half")
        raise KeyError("a fault")

    with pytest.raises(KeyError):
        work_on(machine("a"), Scope([DAY]), broken)
    assert seen(machine("b")) == {} and not (tmp_path / "share/commits").exists()
    assert not list((machine("a").home.parent / "work").iterdir())


def test_two_writers_of_different_files_of_a_date_are_both_kept(machine, tmp_path):
    """Two sources arrive at once, and neither is fetched again."""

    def slow(root):
        written(machine("b"), {path_of("raw"): "of b"})
        (root.home / path_of("downloads")).parent.mkdir(parents=True)
        (root.home / path_of("downloads")).write_text("of a")

    work_on(machine("a"), Scope([DAY]), slow)
    assert seen(machine("c")) == {path_of("raw"): "of b", path_of("downloads"): "of a"}
    assert len(commits(tmp_path)) == 2


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_machine_whose_clock_is_off_is_neither_first_nor_last_by_that(machine, minutes):
    """What counts is the order of commits; S3 itself refuses clocks that are off by more than a quarter of an hour."""

    def off(root):
        file = root.home / path_of("detections")
        file.unlink()
        file.write_text("second")
        os.utime(file, (time.time() + minutes * 60,) * 2)

    written(machine("a"), {path_of("detections"): "first"})
    work_on(machine("b"), Scope([DAY]), off)
    assert seen(machine("a")) == seen(machine("c")) == {path_of("detections"): "second"}
    written(machine("a"), {path_of("detections"): "third"})
    assert seen(machine("b")) == {path_of("detections"): "third"}


def test_whoever_was_overtaken_begins_anew_with_what_the_other_wrote(machine):
    found = []

    def overtaken(root):
        target = root.home / path_of("detections")
        found.append(target.read_text() if target.exists() else None)
        if len(found) == 1:
            written(machine("b"), {path_of("detections"): "of b"})
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.write_text("of a, after b")

    work_on(machine("a"), Scope([DAY]), overtaken)
    assert found == [None, "of b"]
    assert seen(machine("c")) == {path_of("detections"): "of a, after b"}


def test_whoever_is_overtaken_again_and_again_stops(machine, monkeypatch):
    monkeypatch.setattr(module, "ATTEMPTS", 2)
    turns = iter("1234")

    def overtaken(root):
        turn = next(turns)
        written(machine("b"), {path_of("detections"): f"of b, {turn}"})
        (root.home / path_of("detections")).parent.mkdir(parents=True, exist_ok=True)
        (root.home / path_of("detections")).unlink(missing_ok=True)
        (root.home / path_of("detections")).write_text(f"of a, {turn}")

    with pytest.raises(TryLater, match="another machine wrote the same files of 2024-02-29 2 times meanwhile"):
        work_on(machine("a"), Scope([DAY]), overtaken)
    assert seen(machine("c")) == {path_of("detections"): "of b, 2"}


def test_a_reader_never_goes_back(machine):
    """Two processes of one machine: the one that listed earlier ends later."""
    settings = machine("a")
    written(settings, {path_of("detections"): "first"})
    from squatwatch.store.local_copy import copy_of

    copy = copy_of(settings)
    earlier = copy.units([DAY]).values()
    written(settings, {path_of("detections"): "second"})
    copy.show(settings.home, earlier)
    assert (settings.home / path_of("detections")).read_text() == "second"


def test_a_scratch_folder_that_vanished_is_filled_again(machine):
    settings = machine("a")
    written(settings, {path_of("registrations"): "names"})
    shutil.rmtree(settings.scratch)
    written(settings, {path_of("rejects"): "lines"})
    assert seen(settings) == {path_of("registrations"): "names", path_of("rejects"): "lines"}


def test_of_dates_before_only_what_is_compared_with_is_brought(machine):
    a, b = machine("a"), machine("b")
    for number in range(1, 5):
        day = date(2024, 2, number)
        files = {path_of(table, day): "…" for table in ("registrations", "load_counts", "detections")}
        written(a, files, Scope([day]))
    written(a, {path_of("load_counts", DAY_BEFORE): "no registrations"}, Scope([DAY_BEFORE]))
    there = []

    def work(root):
        there.extend(sorted(path.parts[-3:-1] for path in root.home.rglob("*.parquet")))

    work_on(b, Scope([DAY], Before(2, ["registrations"], ["load_counts"])), work)
    tables = ["load_counts", "registrations"]
    assert there == [(table, f"run_date=2024-02-0{day}") for table in tables for day in (3, 4)]


@pytest.fixture
def registrations(machine, tmp_path):
    """The object of a date's registrations; the date has rejects as well."""
    written(machine("a"), {path_of("registrations"): "names", path_of("rejects"): "lines"})
    [stored] = (tmp_path / f"share/objects/registrations/run_date={DAY}").iterdir()
    return stored


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (Path.unlink, r"registrations/.* was committed, but its object is gone: .*run --date 2024-02-29 --refetch"),
        (lambda path: path.write_text("other"), r"the object objects/reg.* is not registrations/.*--date 2024-02-29"),
    ],
)
def test_a_file_that_the_store_has_lost_is_not_there_and_is_named(machine, registrations, caplog, damage, words):
    damage(registrations)
    assert seen(machine("b")) == {path_of("rejects"): "lines"}
    assert re.search(words, caplog.text)
    registrations.write_text("names")  # put back from a backup
    assert seen(machine("b")) == {path_of("registrations"): "names", path_of("rejects"): "lines"}


@pytest.mark.parametrize("text", ["names", "other names"])
def test_a_file_that_the_store_has_lost_is_there_when_a_step_has_made_it_again(machine, registrations, text):
    registrations.unlink()
    written(machine("b"), {path_of("registrations"): text})
    assert seen(machine("c")) == {path_of("registrations"): text, path_of("rejects"): "lines"}


def test_what_is_published_and_lost_stops_publishing_until_its_date_is_built_again(machine, registrations):
    publish(machine("a"), DAY)
    registrations.unlink()
    for work in (lambda: publish(machine("b"), DAY), lambda: follow_warehouse(machine("b"))):
        with pytest.raises(Damaged, match=r"its object is gone: .*run: squatwatch run --date 2024-02-29 --refetch"):
            work()
    written(machine("b"), {path_of("registrations"): "names, fetched again"})
    publish(machine("b"), DAY)
    follow_warehouse(machine("c"))


def test_a_commit_of_a_later_release_is_not_read(machine, tmp_path):
    written(machine("a"), {path_of("registrations"): "names"})
    state = tmp_path / f"share/commits/run_date={DAY}/00000001.json"
    state.write_text(json.dumps(json.loads(state.read_text()) | {"format": 2, "release": "9.0.0"}))
    with pytest.raises(
        SquatwatchError, match=r"written by squatwatch 9\.0\.0, which this one \(.*\) is too old to read"
    ):
        follow(machine("b"))


def test_a_catalog_that_a_later_release_published_is_not_read(machine, tmp_path, registrations):
    publish(machine("a"), DAY)
    (tmp_path / "share/catalog/00000002.duckdb").write_bytes(b"of a later DuckDB")
    for work in (lambda: publish(machine("b"), DAY), lambda: follow_warehouse(machine("b"))):
        with pytest.raises(
            SquatwatchError, match=r"catalog/00000002.duckdb cannot be read by squatwatch .*install that"
        ):
            work()
    assert len(list((tmp_path / "share/catalog").iterdir())) == 2


def test_of_two_that_publish_at_once_the_later_one_publishes_again(machine, tmp_path):
    written(machine("a"), {path_of("registrations"): "names"})
    turns = []

    def publish_late(root):
        turns.append(sorted(path.name for path in (tmp_path / "share").glob("catalog/*")))
        if len(turns) == 1:
            publish(machine("b"), DAY)
        (root.home / "warehouse.duckdb").unlink(missing_ok=True)
        with duckdb.connect(root.home / "warehouse.duckdb") as warehouse:
            warehouse.execute('create table published_files as select 1 as "table" limit 0')

    work_on(machine("c"), Scope(warehouse="tables"), publish_late)
    assert turns == [[], ["00000001.duckdb"]]
    assert len(list((tmp_path / "share/catalog").iterdir())) == 2


def test_a_listing_that_lacks_a_published_date_stops_publishing(machine, monkeypatch):
    """A page of it was lost: the date would vanish from the warehouse."""
    for day in (DAY_BEFORE, DAY):
        written(machine("a"), {path_of("registrations", day): "names"}, Scope([day]))
    publish(machine("a"), DAY_BEFORE, DAY)
    whole = FolderStore.keys
    monkeypatch.setattr(FolderStore, "keys", lambda *asked: [key for key in whole(*asked) if str(DAY) not in key])
    with pytest.raises(TryLater, match="does not list the commits of run_date=2024-02-29; run the command again"):
        publish(machine("b"), DAY_BEFORE)


def test_old_catalogs_are_removed(machine, tmp_path, monkeypatch):
    monkeypatch.setattr(catalogs, "KEPT", 2)
    written(machine("a"), {path_of("registrations"): "names"})
    for _ in range(4):
        publish(machine("a"), DAY)
    assert [path.name for path in sorted((tmp_path / "share/catalog").iterdir())] == [
        "00000003.duckdb",
        "00000004.duckdb",
    ]
