"""The mirror of what is published, at keys that stay: what is put, what is removed, and what sets a fault right."""

from __future__ import annotations

import json
from datetime import date

import pytest
from store_work import DAY, DAY_BEFORE, path_of, publish, written

from squatwatch.errors import SquatwatchError
from squatwatch.store.door import mirror
from squatwatch.store.folder import FolderStore
from squatwatch.store.scope import Scope
from squatwatch.store.whole import mirror as module
from squatwatch.store.whole.mirror import Mirrored, mirror_published


@pytest.fixture
def settings(machine):
    """A machine that has published a date."""
    settings = machine("a")
    name(settings, DAY, "names")
    publish(settings, DAY)
    return settings


def name(settings, day: date, names: str) -> None:
    written(settings, {path_of("registrations", day): names}, Scope([day]))


@pytest.fixture
def mirrored(tmp_path):
    """What another engine finds in a table's folder: text by key."""

    def read() -> dict[str, str]:
        folder = tmp_path / "share/published"
        return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.parquet")}

    return read


def test_the_files_of_published_dates_have_keys_that_stay(settings, machine, mirrored):
    assert mirror_published(settings) == Mirrored(file_count=1, put_count=1, removed_count=0)
    assert mirrored() == {path_of("registrations"): "names"}
    name(settings, DAY_BEFORE, "of the day before")
    assert mirror_published(settings) == Mirrored(1, 0, 0)  # not published yet
    publish(settings, DAY_BEFORE, DAY)
    assert mirror_published(machine("b")) == Mirrored(2, 1, 0)
    publish(settings, DAY)
    assert mirror_published(settings) == Mirrored(1, 0, 1)
    assert mirrored() == {path_of("registrations"): "names"}


def test_it_is_made_where_the_setting_says_so(settings, mirrored):
    mirror(settings)
    assert mirrored() == {}
    mirror(settings.model_copy(update={"store_mirror": True}))
    assert mirrored() == {path_of("registrations"): "names"}


def test_nothing_is_mirrored_where_nothing_was_published(machine, mirrored):
    assert mirror_published(machine("a")) == Mirrored(0, 0, 0)
    assert mirrored() == {}


def test_an_older_file_that_a_slow_machine_put_last_is_replaced_by_the_next(settings, tmp_path, mirrored):
    mirror_published(settings)
    late = tmp_path / "late"
    late.write_text("older")
    FolderStore(tmp_path / "share").put(f"published/{path_of('registrations')}", late)
    assert mirrored() == {path_of("registrations"): "older"}
    assert mirror_published(settings).put_count == 1
    assert mirrored() == {path_of("registrations"): "names"}


def test_what_another_machine_published_meanwhile_is_mirrored_too(settings, machine, mirrored, monkeypatch):
    update = module._update

    def update_slowly(*arguments):
        if not mirrored():
            written(machine("b"), {path_of("registrations"): None})
            name(machine("b"), DAY_BEFORE, "newer")
            publish(machine("b"), DAY_BEFORE)
        return update(*arguments)

    monkeypatch.setattr(module, "_update", update_slowly)
    mirror_published(settings)
    assert mirrored() == {path_of("registrations", DAY_BEFORE): "newer"}


def test_a_mirror_that_was_killed_before_any_put_is_finished_by_the_next(settings, mirrored, monkeypatch):
    name(settings, DAY_BEFORE, "of the day before")
    publish(settings, DAY_BEFORE, DAY)
    put, tries = FolderStore.put, []

    def killed(store, key, source):
        if not tries[-1]:
            raise KeyboardInterrupt
        tries[-1].pop()
        return put(store, key, source)

    monkeypatch.setattr(FolderStore, "put", killed)
    for allowed in range(3):
        tries.append(["a put"] * allowed)
        with pytest.raises(KeyboardInterrupt):
            mirror_published(settings)
    tries.append(["a put"] * 3)
    mirror_published(settings)
    assert len(mirrored()) == 2 and mirror_published(settings) == Mirrored(2, 0, 0)


def test_a_mirror_of_a_later_release_is_left_as_it_is(settings, tmp_path, mirrored):
    mirror_published(settings)
    state = tmp_path / "share/published/_mirror.json"
    state.write_text(json.dumps(json.loads(state.read_text()) | {"format": 2, "release": "9.0.0"}))
    with pytest.raises(SquatwatchError, match=r"published/_mirror.json was written by squatwatch 9\.0\.0, which this"):
        mirror_published(settings)
