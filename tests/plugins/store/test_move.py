"""A data root moved into a store and out of it: every file, under its hash, whatever comes in between."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from datetime import date

import pytest
from click.testing import Result
from store_work import DAY, DAY_BEFORE, data_root, path_of, written
from typer.testing import CliRunner

from squatwatch.cli import app
from squatwatch.errors import Damaged, SquatwatchError, TryLater
from squatwatch.settings import read_settings
from squatwatch.store.door import follow, follow_warehouse
from squatwatch.store.folder import FolderStore
from squatwatch.store.scope import Scope
from squatwatch.store.whole import move_out
from squatwatch.store.whole.move_in import move_into_store
from squatwatch.store.whole.move_out import move_out_of_store
from squatwatch.warehouse.connection import ask

NAMES = "select domain from registrations order by all"
PARTS = ("registrations", "allowlist.csv")


def silent(line: str) -> None:
    """What a move tells of each date is not looked at here."""


@pytest.fixture
def home(tmp_path):
    return data_root(tmp_path / "data")


def files_of(home) -> dict[str, bytes]:
    files = (path for part in PARTS for path in [home / part, *(home / part).rglob("*")] if path.is_file())
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in files}


def test_a_folder_is_moved_into_a_store_and_back_with_all_that_was_published(home, machine, tmp_path):
    moved = move_into_store(home, machine("a"), silent)
    assert (moved.date_count, moved.file_count, moved.there_before, moved.is_published) == (2, 3, 0, True)
    assert moved.left == ["brands.json"]
    reader = machine("b")
    follow(reader)
    follow_warehouse(reader)
    assert files_of(reader.home) == files_of(home)
    assert ask(reader.home, NAMES) == ask(home, NAMES)
    back = move_out_of_store(machine("c"), tmp_path / "back")
    assert (back.date_count, back.file_count, back.is_published) == (2, 3, True)
    shutil.rmtree(home)
    shutil.rmtree(tmp_path / "c")  # a folder needs neither the one before nor this machine's copies
    assert files_of(tmp_path / "back") == files_of(reader.home)
    assert len(ask(tmp_path / "back", NAMES)[1]) == 3


def test_a_move_that_is_killed_before_any_put_goes_on(home, machine, monkeypatch):
    """Each try gets one put further than the one before; the last one finds nearly all there."""
    create, tries, moved = FolderStore.create, [], None

    def killed(store, key, source):
        if not tries[-1]:
            raise KeyboardInterrupt
        tries[-1].pop()
        return create(store, key, source)

    monkeypatch.setattr(FolderStore, "create", killed)
    while moved is None:
        tries.append(["a put"] * len(tries))
        with suppress(KeyboardInterrupt):
            moved = move_into_store(home, machine("a"), silent)
        assert not list(machine("a").scratch.rglob("work/move-*"))
    assert len(tries) > 5 and moved.there_before == 3
    reader = machine("b")
    follow_warehouse(reader)
    assert len(ask(reader.home, NAMES)[1]) == 3


def test_a_move_that_is_done_again_changes_nothing(home, machine, tmp_path):
    move_into_store(home, machine("a"), silent)
    there = sorted((tmp_path / "share").rglob("*"))
    assert move_into_store(home, machine("a"), silent).there_before == 3
    assert sorted((tmp_path / "share").rglob("*")) == there


def test_what_was_run_again_between_two_tries_is_moved_again(home, machine):
    move_into_store(home, machine("a"), silent)
    (home / "allowlist.csv").write_text("domain,reason,expires_on\npaypal.example,ours,\n")
    (home / path_of("registrations", DAY_BEFORE)).unlink()
    assert move_into_store(home, machine("a"), silent).there_before == 1
    reader = machine("b")
    follow(reader)
    assert files_of(reader.home) == files_of(home)


@pytest.mark.parametrize("where", ["before", "since"])
def test_a_store_that_others_work_on_is_left_as_it_is(home, machine, tmp_path, where):
    """It has another data root, or the moved one has been worked on since."""
    if where == "since":
        move_into_store(home, machine("a"), silent)
    written(machine("b"), {path_of("rejects"): "of others"})
    there = sorted((tmp_path / "share").rglob("*"))
    with pytest.raises(SquatwatchError, match=r"share holds another data root, or .* \(2024-02-29\); nothing was writ"):
        move_into_store(home, machine("a"), silent)
    assert sorted((tmp_path / "share").rglob("*")) == there


def test_another_folder_is_not_moved_over_the_first_one(home, machine, tmp_path):
    move_into_store(home, machine("a"), silent)
    with pytest.raises(SquatwatchError, match="holds another data root"):
        move_into_store(data_root(tmp_path / "other"), machine("a"), silent)


def test_a_folder_that_is_written_to_meanwhile_is_moved_again(home, machine):
    def write(line: str) -> None:
        (home / path_of("rejects")).parent.mkdir(parents=True, exist_ok=True)
        (home / path_of("rejects")).write_text(line)

    with pytest.raises(TryLater, match="data was written to while it was moved; stop the runs there"):
        move_into_store(home, machine("a"), write)
    assert move_into_store(home, machine("a"), silent).file_count == 4


def test_a_store_that_gives_back_other_bytes_is_found_out(home, machine, monkeypatch):
    monkeypatch.setattr(FolderStore, "get", lambda store, key, into: into.write_text("other bytes"))
    with pytest.raises(Damaged, match=r"objects/.* does not hold what was sent; remove it, then run the command again"):
        move_into_store(home, machine("a"), silent)


def test_a_published_file_that_was_damaged_is_found_out(home, machine):
    [published] = (home / f"published/registrations/run_date={DAY}").iterdir()
    published.unlink()
    published.write_text("other bytes")
    with pytest.raises(
        Damaged, match=r"published/.* is not what its name says; run: squatwatch publish, then the comm"
    ):
        move_into_store(home, machine("a"), silent)


def test_out_of_a_store_into_a_folder_that_has_something_in_it(home, machine, tmp_path):
    move_into_store(home, machine("a"), silent)
    with pytest.raises(SquatwatchError, match=r"data is not empty, and is no copy of file:///.*/share; nothing was wr"):
        move_out_of_store(machine("a"), home)
    (tmp_path / "other").mkdir()
    (tmp_path / "other/.moving.json").write_text(json.dumps({"from": "s3://another"}))
    with pytest.raises(SquatwatchError, match="is no copy of"):
        move_out_of_store(machine("a"), tmp_path / "other")


def test_out_of_a_store_goes_on_after_a_kill_and_finds_damage(home, machine, tmp_path, monkeypatch):
    move_into_store(home, machine("a"), silent)
    get, fetched = FolderStore.get, []

    def killed(store, key, into):
        fetched.append(key)
        if len(fetched) == 6:
            raise KeyboardInterrupt
        get(store, key, into)

    monkeypatch.setattr(FolderStore, "get", killed)
    with pytest.raises(KeyboardInterrupt):
        move_out_of_store(machine("b"), tmp_path / "back")
    move_out_of_store(machine("b"), tmp_path / "back")
    assert files_of(tmp_path / "back") == files_of(home) and len(fetched) == len(set(fetched)) + 1
    for copy in (tmp_path / "b").rglob(f"objects/registrations/run_date={DAY}/*"):
        content = copy.read_bytes()
        copy.unlink()
        copy.write_bytes(content[::-1])  # of the same size
    with pytest.raises(
        Damaged, match="is not what was committed: this machine's copies are damaged; remove the folder"
    ):
        move_out_of_store(machine("b"), tmp_path / "again")


def test_a_store_that_is_written_to_meanwhile_is_moved_again(home, machine, tmp_path, monkeypatch):
    move_into_store(home, machine("a"), silent)
    bring, day = move_out.bring_warehouse, date(2024, 3, 1)

    def bring_and_write(*arguments):
        if not (tmp_path / "share/commits" / f"run_date={day}").exists():
            written(machine("c"), {path_of("rejects", day): "lines"}, Scope([day]))
        return bring(*arguments)

    monkeypatch.setattr(move_out, "bring_warehouse", bring_and_write)
    with pytest.raises(TryLater, match="was written to while it was moved; stop the runs there"):
        move_out_of_store(machine("b"), tmp_path / "back")
    assert move_out_of_store(machine("b"), tmp_path / "back").date_count == 3


@pytest.fixture
def squatwatch(tmp_path, monkeypatch):
    """The command, with these variables."""

    def call(*arguments: str, **variables: str) -> Result:
        monkeypatch.setenv("SQUATWATCH_SCRATCH", str(tmp_path / "a"))
        for name, value in variables.items():
            monkeypatch.setenv(f"SQUATWATCH_{name.upper()}", value)
        return CliRunner().invoke(app, arguments)

    return call


def test_the_command_says_what_it_did_and_what_is_next(home, tmp_path, squatwatch):
    (tmp_path / "share").mkdir()
    (home / "squatwatch.db").touch()
    refused = squatwatch("move", "--to", f"file://{tmp_path}/share", home=str(home))
    assert "name one for labels, alerts and lookups with SQUATWATCH_DATABASE_URL" in str(refused.exception)
    said = squatwatch("move", "--to", f"file://{tmp_path}/share", database_url=f"sqlite:///{home}/squatwatch.db").stderr
    for words in [
        "run_date=2024-02-29: 1 files",
        "2 dates and what they share are in file:///",
        "3 files, 0.0 MB; each has the hash that it has in",
        "not moved: brands.json, squatwatch.db",
        f"SQUATWATCH_DATABASE_URL=sqlite:///{home}/squatwatch.db",
        "set SQUATWATCH_BRANDS_FILE on each machine",
        f"next: set SQUATWATCH_HOME=file://{tmp_path}/share wherever squatwatch runs",
    ]:
        assert words in said
    said = squatwatch("move", "--to", str(tmp_path / "back"), home=f"file://{tmp_path}/share").stderr
    assert f"2 dates and what they share are in {tmp_path}/back" in said
    assert read_settings(home=tmp_path / "back").store_url is None


@pytest.mark.parametrize(
    ("home", "to", "words"),
    [
        ("{}/data", "{}/other", "are both folders: move it with mv, set SQUATWATCH_HOME, then run: squatwatch publish"),
        ("s3://one", "s3://two", "s3://one and s3://two are both stores: move it into a folder, and from there on"),
        ("{}/nowhere", "file://{}/share", "nowhere has no data root to move"),
        ("file://{}/share", "{}/data", "share has no data root to move"),
        ("{}/data", "", "--to names no place: write s3://bucket/prefix, or an empty folder"),
    ],
)
def test_a_move_that_makes_no_sense(squatwatch, tmp_path, home, to, words):
    answer = squatwatch("move", "--to", to.format(tmp_path), home=home.format(tmp_path), database_url="sqlite://")
    assert words in str(answer.exception)


@pytest.mark.parametrize("target", ["data", "data/inner", "data/x/../inner", "link/inner", ""])
def test_a_folder_is_not_moved_into_itself_nor_around_itself(home, machine, tmp_path, target):
    (tmp_path / "link").symlink_to(home)
    there = sorted(home.rglob("*"))
    url = f"file://{tmp_path}/{target}"
    settings = read_settings(home=url, scratch=machine("a").scratch, database_url="sqlite://")
    with pytest.raises(
        SquatwatchError, match=r"data and file://.* are one folder, or one is inside the other; nothing"
    ):
        move_into_store(home, settings, silent)
    assert sorted(home.rglob("*")) == there


@pytest.mark.parametrize("target", ["share", "share/inner", "link/inner"])
def test_a_store_is_not_moved_into_itself(home, machine, tmp_path, target):
    (tmp_path / "link").symlink_to(tmp_path / "share")
    move_into_store(home, machine("a"), silent)
    there = sorted((tmp_path / "share").rglob("*"))
    with pytest.raises(SquatwatchError, match=r"file://.*/share and .* are one folder, or one is inside the other"):
        move_out_of_store(machine("a"), tmp_path / target)
    assert sorted((tmp_path / "share").rglob("*")) == there


@pytest.mark.parametrize(
    "place", ["share/objects", "share/commits", "share/objects/registrations", "back/registrations"]
)
def test_a_move_follows_no_symlink_in_its_target(home, machine, tmp_path, place):
    (tmp_path / "foreign").mkdir()
    settings = machine("a")
    if place.startswith("back"):
        move_into_store(home, settings, silent)
        (tmp_path / "back").mkdir()
        (tmp_path / "back/.moving.json").write_text(json.dumps({"from": settings.store_url}))
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).symlink_to(tmp_path / "foreign")
    there = sorted((tmp_path / "share").rglob("*"))
    with pytest.raises(SquatwatchError, match=f"{place} is a symlink, .*; nothing was written or removed: remove the"):
        if place.startswith("back"):
            move_out_of_store(settings, tmp_path / "back")
        else:
            move_into_store(home, settings, silent)
    assert not any((tmp_path / "foreign").iterdir()) and sorted((tmp_path / "share").rglob("*")) == there


@pytest.mark.parametrize(
    ("place", "what"),
    [
        (path_of("rejects"), "pipe"),
        (path_of("rejects"), "link to a file"),
        ("warehouse.duckdb", "pipe"),
        ("allowlist.csv", "link to nothing"),
        ("models", "link to a folder"),
        ("rejects", "link to a folder"),
        (f"rejects/run_date={DAY}", "link to a folder"),
    ],
)
def test_what_is_no_file_is_not_moved(home, machine, tmp_path, place, what):
    (tmp_path / f"link to a folder/run_date={DAY}").mkdir(parents=True)
    (tmp_path / "link to a file").touch()
    (home / place).parent.mkdir(parents=True, exist_ok=True)
    (home / place).unlink(missing_ok=True)
    if what == "pipe":
        os.mkfifo(home / place)
    else:
        (home / place).symlink_to(tmp_path / what)
    with pytest.raises(
        SquatwatchError, match=rf"data/{place} is no file of the data root but a symlink, a pipe or the"
    ):
        move_into_store(home, machine("a"), silent)
    assert not any((tmp_path / "share").rglob("*")) and not (home / "moved.json").exists()


def test_links_that_are_not_of_the_data_root_stay_where_they_are(home, machine, tmp_path):
    (home / "notes").symlink_to(tmp_path / "gone")
    (home / "logs").symlink_to(tmp_path)
    assert move_into_store(home, machine("a"), silent).left == ["brands.json", "logs", "notes"]


@pytest.mark.parametrize("target", ["a_file", "a_file/inner", "a_link"])
def test_where_a_file_is_there_can_be_no_data_root(home, machine, tmp_path, target):
    (tmp_path / "a_file").write_text("precious")
    (tmp_path / "a_link").symlink_to(tmp_path / "nothing")
    match = f"{target.split('/')[0]} is there, and is no folder; nothing was written: name a folder with --to"
    settings = read_settings(home=f"file://{tmp_path}/{target}", scratch=tmp_path / "b", database_url="sqlite://")
    with pytest.raises(SquatwatchError, match=match):
        move_into_store(home, settings, silent)
    move_into_store(home, machine("a"), silent)
    with pytest.raises(SquatwatchError, match=match):
        move_out_of_store(machine("a"), tmp_path / target)
    assert (tmp_path / "a_file").read_text() == "precious"


def test_empty_folders_are_not_said_to_be_left(home, machine):
    (home / f"shards/run_date={DAY}").mkdir(parents=True)
    (home / "shards_done").mkdir()
    (home / "notes/old").mkdir(parents=True)
    (home / "notes/old/text").touch()
    assert move_into_store(home, machine("a"), silent).left == ["brands.json", "notes"]


@pytest.mark.parametrize("release", ["this", "an earlier"])
def test_a_move_goes_on_after_one_to_another_store(home, machine, tmp_path, release):
    settings = machine("a")
    elsewhere = read_settings(home=f"file://{tmp_path}/other", scratch=tmp_path / "a", database_url="sqlite://")
    move_into_store(home, settings, silent)
    if release == "an earlier":
        [name] = json.loads((home / "moved.json").read_text())["moves"].values()
        (home / "moved.json").write_text(json.dumps({"to": settings.store_url, "move": name}))
    move_into_store(home, elsewhere, silent)
    assert move_into_store(home, settings, silent).there_before == 3
    assert move_into_store(home, elsewhere, silent).there_before == 3
