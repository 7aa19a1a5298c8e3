"""Networks in memory: loaded once, as many as fit, the least recently used let go of first."""

from __future__ import annotations

import threading
import time

import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.models.cache import ModelCache
from squatwatch.models.registry import MANIFEST


class Told(list):
    """What a cache tells, as tuples of the event and the model."""

    def hit(self, folder):
        self.append(("hit", folder.name))

    def loaded(self, folder, seconds):
        assert seconds >= 0
        self.append(("loaded", folder.name))

    def unloaded(self, folder, seconds):
        self.append(("unloaded", folder.name))


@pytest.fixture
def models(tmp_path):
    """Four artifacts of ten bytes, which take five bytes of memory."""
    folders = [tmp_path / name for name in "abcd"]
    for folder in folders:
        folder.mkdir()
        (folder / MANIFEST).write_bytes(b"0123456789")
    return folders


def cache_of(limit):
    cache = ModelCache(lambda folder: f"network {folder.name}", limit)
    cache.watcher = Told()
    return cache


def test_the_least_recently_used_goes_first(models):
    a, b, c, d = models
    cache = cache_of(16)
    for folder in (a, b, c, a, d):
        assert cache.get(folder) == f"network {folder.name}"
    assert [folder.name for folder in cache.loaded()] == ["c", "a", "d"]
    assert cache.bytes_held() == 15
    assert cache.watcher == [
        ("loaded", "a"),
        ("loaded", "b"),
        ("loaded", "c"),
        ("hit", "a"),
        ("unloaded", "b"),
        ("loaded", "d"),
    ]


def test_one_that_is_larger_than_the_limit_is_used_alone(models):
    cache = cache_of(4)
    assert cache.get(models[0]) == "network a"
    cache.get(models[1])
    assert [folder.name for folder in cache.loaded()] == ["b"]


def test_another_artifact_in_the_same_folder_is_loaded(models):
    cache = cache_of(100)
    cache.get(models[0])
    (models[0] / MANIFEST).write_bytes(b"another one")
    cache.get(models[0])
    assert [event for event, *_ in cache.watcher] == ["loaded", "unloaded", "loaded"]
    assert len(cache.loaded()) == 1


def test_a_model_is_loaded_once_however_many_ask(models):
    loads = []

    def load(folder):
        loads.append(folder)
        time.sleep(0.2)
        return "network"

    cache = ModelCache(load, 100)
    together = threading.Barrier(20)
    given = []

    def ask():
        together.wait()
        given.append(cache.get(models[0]))

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given == ["network"] * 20 and len(loads) == 1


def test_while_one_is_loaded_the_others_can_be_used(models):
    loading, go_on = threading.Event(), threading.Event()

    def load(folder):
        if folder.name == "a":
            loading.set()
            assert go_on.wait(30)
        return folder.name

    cache = ModelCache(load, 100)
    slow = threading.Thread(target=cache.get, args=[models[0]])
    slow.start()
    assert loading.wait(30)
    assert cache.get(models[1]) == "b"
    go_on.set()
    slow.join()


def test_a_broken_model_is_told_and_the_others_go_on(models):
    def load(folder):
        if folder.name == "a" and (folder / MANIFEST).read_bytes() != b"mended":
            raise SquatwatchError("broken")
        return folder.name

    cache = ModelCache(load, 100)
    for _ in range(2):
        with pytest.raises(SquatwatchError, match="broken"):
            cache.get(models[0])
    assert cache.get(models[1]) == "b" and len(cache.loaded()) == 1
    (models[0] / MANIFEST).write_bytes(b"mended")
    assert cache.get(models[0]) == "a"


def test_a_folder_without_an_artifact_names_the_command_that_lists_them(tmp_path):
    with pytest.raises(SquatwatchError, match="squatwatch models lists them"):
        ModelCache(str, 100).get(tmp_path / "nothing")


def test_unloading(models):
    cache = cache_of(100)
    cache.get(models[0])
    assert cache.unload(models[0]) and not cache.unload(models[0])
    assert cache.loaded() == [] and cache.bytes_held() == 0
