"""Loaded networks, as many as fit: loaded when one is asked for, the least recently used let go of first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import Generic, NamedTuple, Protocol, TypeVar

from squatwatch.errors import SquatwatchError
from squatwatch.models.registry import MANIFEST

Loaded = TypeVar("Loaded")
MEMORY_OF_A_BYTE = 0.5  # of a file: by benchmarks/serving.py a process grows by .096 MiB for a model of .198 MiB


class Watcher(Protocol):
    """Whoever wants to know what a cache does: to count, or to tell."""

    def hit(self, folder: Path) -> None:
        """Note that a model was asked for that is loaded."""

    def loaded(self, folder: Path, seconds: float) -> None:
        """Note that a model was loaded."""

    def unloaded(self, folder: Path, seconds: float) -> None:
        """Note that a model was let go of."""


class _Key(NamedTuple):
    folder: Path
    state: tuple[int, int, int]  # inode, size and time of the manifest: another artifact in its place is another key


@dataclass
class _Place(Generic[Loaded]):
    """One model: `lock` is held while it is loaded, so that it is loaded once however many ask for it."""

    lock: Lock = field(default_factory=Lock)
    model: Loaded | None = None
    size: int = 0


class ModelCache(Generic[Loaded]):
    """Models by their folders. `limit`: bytes of memory for those that are kept loaded; one alone may be larger.

    Whoever was given a model may go on using it when the cache has let go of it. `watcher`: who is told what it does.
    """

    def __init__(self, load: Callable[[Path], Loaded], limit: int):
        self._load, self._limit = load, limit
        self.watcher: Watcher | None = None
        self._places: OrderedDict[_Key, _Place[Loaded]] = OrderedDict()
        self._changing = Lock()

    def get(self, folder: Path) -> Loaded:
        """Return the model, loaded if it is not.

        Raises SquatwatchError where the folder holds none, and what loading raises; the next call tries again.
        """
        key = _Key(folder, _state_of(folder))
        with self._changing:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
        with place.lock:
            if place.model is not None:
                if self.watcher is not None:
                    self.watcher.hit(folder)
                return place.model
            try:
                return self._load_into(place, folder)
            except BaseException:
                self._forget(key)
                raise

    def loaded(self) -> list[Path]:
        """Return the folders of the models that are loaded, the least recently used first."""
        with self._changing:
            return [key.folder for key, place in self._places.items() if place.model is not None]

    def bytes_held(self) -> int:
        """Return the bytes of memory that the models take, by `size_of`."""
        with self._changing:
            return self._held()

    def unload(self, folder: Path) -> bool:
        """Let go of a model; return whether it was loaded."""
        with self._changing:
            keys = [key for key, place in self._places.items() if key.folder == folder and place.model is not None]
            for key in keys:
                self._let_go(key)
        return bool(keys)

    def _load_into(self, place: _Place[Loaded], folder: Path) -> Loaded:
        began = perf_counter()
        model, size = self._load(folder), size_of(folder)
        with self._changing:
            place.model, place.size = model, size
            self._make_room(place, folder)
            if self.watcher is not None:
                self.watcher.loaded(folder, perf_counter() - began)
        return model

    def _make_room(self, newest: _Place[Loaded], folder: Path) -> None:
        """Let go of what was in the same folder before, and of the least recently used until the rest fits."""
        others = {key: place for key, place in self._places.items() if place is not newest and place.model is not None}
        for key in others:
            if key.folder == folder or self._held() > self._limit:
                self._let_go(key)

    def _let_go(self, key: _Key) -> None:
        began = perf_counter()
        del self._places[key]
        if self.watcher is not None:
            self.watcher.unloaded(key.folder, perf_counter() - began)

    def _forget(self, key: _Key) -> None:
        with self._changing:
            self._places.pop(key, None)

    def _held(self) -> int:
        return sum(place.size for place in self._places.values())


def size_of(folder: Path) -> int:
    """Return the bytes that an artifact takes when it is loaded, by the size of its files."""
    return round(sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) * MEMORY_OF_A_BYTE)


def _state_of(folder: Path) -> tuple[int, int, int]:
    try:
        stat = (folder / MANIFEST).stat()
    except OSError:
        raise SquatwatchError(f"there is no model in {folder}; squatwatch models lists them") from None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns
