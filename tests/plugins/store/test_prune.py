"""Objects that nobody needs are removed, and none that somebody reads or is about to commit."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from store_work import DAY, DAY_BEFORE, path_of, publish, seen, written
from typer.testing import CliRunner

from squatwatch.cli import app
from squatwatch.errors import TryLater
from squatwatch.store.folder import FolderStore
from squatwatch.store.scope import Scope
from squatwatch.store.whole import prune as module
from squatwatch.store.whole import prune_notes
from squatwatch.store.whole.prune import Pruned, prune

WEEK = timedelta(days=7)


@pytest.fixture
def share(tmp_path):
    return tmp_path / "share"


@pytest.fixture
def grow_old(share):
    """grow_old(pattern) makes what there is in the store ten days old."""

    def make(pattern: str = "**/*") -> None:
        for path in share.glob(pattern):
            os.utime(path, (time.time() - 10 * 86_400,) * 2)

    return make


def put_before_a_kill(settings, share, text: str) -> None:
    """A run is killed between its objects and its commit."""
    written(settings, {path_of("registrations"): text})
    max(share.glob(f"commits/run_date={DAY}/*")).unlink()


def texts(share) -> list[str]:
    return sorted(path.read_text() for path in share.glob("objects/**/*.parquet"))


def test_what_no_commit_has_named_for_a_week_is_removed(machine, share, grow_old):
    put_before_a_kill(machine("a"), share, "of a killed run")
    written(machine("a"), {path_of("registrations"): "before"})
    written(machine("a"), {path_of("registrations"): "now"})
    assert prune(machine("a"), WEEK) == Pruned(0, 0, 0)
    grow_old()
    assert prune(machine("a"), WEEK, dry_run=True) == Pruned(count=2, size=21, left_count=2)
    assert texts(share) == ["before", "now", "of a killed run"]
    assert prune(machine("a"), WEEK) == Pruned(2, 21, 0)
    assert texts(share) == ["now"] and seen(machine("b")) == {path_of("registrations"): "now"}
    assert not list(share.glob("prune/*"))


def test_what_a_reader_may_have_listed_before_stays(machine, share, grow_old):
    """The object is old, but was the newest until a moment ago."""
    written(machine("a"), {path_of("registrations"): "before"})
    grow_old()
    written(machine("a"), {path_of("registrations"): "now"})
    assert prune(machine("a"), WEEK).count == 0


def test_what_is_published_stays_though_the_date_was_built_again(machine, share, grow_old):
    written(machine("a"), {path_of("registrations"): "published"})
    publish(machine("a"), DAY)
    written(machine("a"), {path_of("registrations"): "built again"})
    grow_old()
    assert prune(machine("a"), WEEK).count == 0


def test_where_commits_of_a_published_date_are_not_listed_nothing_is_removed(machine, share, grow_old, monkeypatch):
    for day in (DAY_BEFORE, DAY):
        written(machine("a"), {path_of("registrations", day): f"names of {day}"}, Scope([day]))
    publish(machine("a"), DAY_BEFORE, DAY)
    grow_old()
    whole = FolderStore.keys

    def without_a_page(store, prefix):
        return [key for key in whole(store, prefix) if not key.startswith(f"commits/run_date={DAY}")]

    monkeypatch.setattr(FolderStore, "keys", without_a_page)
    with pytest.raises(TryLater, match="does not list the commits of run_date=2024-02-29; nothing was removed"):
        prune(machine("a"), WEEK)
    assert len(texts(share)) == 2


def test_a_writer_of_what_a_killed_run_had_left_has_it_when_it_commits(machine, share, grow_old):
    put_before_a_kill(machine("a"), share, "the same")
    grow_old()
    written(machine("b"), {path_of("registrations"): "the same"})
    max(share.glob(f"commits/run_date={DAY}/*")).unlink()  # as it is in the moment before the commit
    assert prune(machine("a"), WEEK).count == 0


@pytest.mark.parametrize(("moment", "minutes"), [("listing", 0), ("removing", 0), ("listing", 10), ("removing", -10)])
def test_a_writer_that_meets_a_prune_stops_before_it_commits(machine, share, grow_old, monkeypatch, moment, minutes):
    """It would commit an object that the prune has listed as unneeded. Its clock may be ten minutes off."""
    clock = SimpleNamespace(now=lambda zone: datetime.now(zone) + timedelta(minutes=minutes))
    monkeypatch.setattr(prune_notes, "datetime", clock)
    put_before_a_kill(machine("a"), share, "the same")
    grow_old()
    step = {"listing": "_named_since", "removing": "_remove"}[moment]
    do = getattr(module, step)

    def write_and_do(*arguments):
        with pytest.raises(TryLater, match="are being removed in this moment; run the command again"):
            written(machine("b"), {path_of("registrations"): "the same"})
        return do(*arguments)

    monkeypatch.setattr(module, step, write_and_do)
    prune(machine("a"), WEEK)
    assert seen(machine("c")) == {}
    written(machine("b"), {path_of("registrations"): "the same"})
    assert seen(machine("c")) == {path_of("registrations"): "the same"}


def test_a_writer_whose_object_goes_in_the_last_moment_puts_it_once_more(machine, share, grow_old, monkeypatch):
    """The prune has listed before it was put anew, and has ended when the writer looks for its note."""
    put_before_a_kill(machine("a"), share, "the same")
    grow_old()
    put = FolderStore.put

    def put_and_lose(store, key, source):
        etag = put(store, key, source)
        store.delete(key)
        return etag

    monkeypatch.setattr(FolderStore, "put", put_and_lose)
    written(machine("b"), {path_of("registrations"): "the same"})
    assert seen(machine("c")) == {path_of("registrations"): "the same"}


def test_a_prune_that_was_killed_stands_in_nobodys_way_for_long(machine, share, grow_old, monkeypatch):
    put_before_a_kill(machine("a"), share, "the same")

    def killed(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(FolderStore, "delete", killed)
        prune(machine("a"), WEEK)
    grow_old()
    written(machine("b"), {path_of("registrations"): "the same"})
    prune(machine("a"), WEEK)
    assert not list(share.glob("prune/*"))


def test_a_prune_that_takes_too_long_says_so_and_goes_on_later(machine, share, grow_old, monkeypatch):
    put_before_a_kill(machine("a"), share, "of a killed run")
    grow_old()
    monkeypatch.setattr(module, "LONGEST", timedelta(0))
    assert prune(machine("a"), WEEK).left_count == 1
    monkeypatch.undo()
    assert prune(machine("a"), WEEK).left_count == 0


def test_the_command_says_what_it_removed(machine, share, grow_old, monkeypatch, tmp_path):
    put_before_a_kill(machine("a"), share, "of a killed run")
    grow_old()
    monkeypatch.setenv("SQUATWATCH_HOME", f"file://{share}")
    monkeypatch.setenv("SQUATWATCH_SCRATCH", str(tmp_path / "a"))
    said = CliRunner().invoke(app, ["store", "prune", "--dry-run"]).stderr
    assert "/share: nobody has needed 1 objects of 0.0 MB for 7 days; 0 of them removed\n" in said
    assert "; 0 of them removed" in CliRunner().invoke(app, ["store", "prune", "--older-than", "20"]).stderr
    assert "; 1 of them removed" in CliRunner().invoke(app, ["store", "prune"]).stderr
    monkeypatch.setenv("SQUATWATCH_HOME", str(tmp_path / "data"))
    refused = CliRunner().invoke(app, ["store", "prune"]).exception
    assert "data is a folder; this is for a data root in a store (s3://bucket/prefix)" in str(refused)


@pytest.mark.parametrize("days", ["0", "3651", "1000000"])
def test_days_are_between_one_and_ten_years(days):
    refused = CliRunner().invoke(app, ["store", "prune", "--older-than", days])
    assert refused.exit_code == 2 and "Invalid value for '--older-than'" in refused.output
