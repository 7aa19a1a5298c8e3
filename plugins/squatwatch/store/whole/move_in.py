"""A data root moved from a folder into a store; the folder stays as it is.

A date is committed when each of its files was read back from the store and has the hash that it has in the folder. So
a move that was interrupted goes on with the first date that is not committed. Commits of a move say so: where anybody
else has committed, it is another data root, and nothing is written there.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from squatwatch.errors import Damaged, SquatwatchError, TryLater
from squatwatch.files.streams import link_or_copy, sha256_of
from squatwatch.lake.partitions import PUBLISHED_FOLDER, exclusive_file
from squatwatch.lake.work_folder import work_folder
from squatwatch.settings import Settings
from squatwatch.store.catalogs import published_files
from squatwatch.store.commits import Stored, Unit, unit_of
from squatwatch.store.local_copy import LocalCopy, copy_of
from squatwatch.store.objects import AT_ONCE
from squatwatch.store.roots import marks_in
from squatwatch.store.whole.filling import read_note, write_note
from squatwatch.store.whole.moved import Moved
from squatwatch.store.whole.places import demand_apart, demand_files, demand_no_links, demand_room_for_folder, folder_of
from squatwatch.store.whole.prune_notes import create_object
from squatwatch.warehouse.connection import WAREHOUSE_FILE, warehouse_path

NOTE = "moved.json"  # in the folder: where it was moved to, with the name of each move
MADE_THERE = ("objects", "commits", "catalog")  # in the store
MADE_ANEW = {"cache", "index", "locks", "work", PUBLISHED_FOLDER, WAREHOUSE_FILE, NOTE}  # or moved as the warehouse


def move_into_store(home: Path, settings: Settings, tell: Callable[[str], None]) -> Moved:
    """Move the data root in the folder into the store that `settings` name; `tell` is told of each date.

    Raises SquatwatchError where the folder has no data root, or the store another one. Raises TryLater where the folder
    was written to meanwhile, and Damaged where a file is not what its name or the store says.
    """
    copy, url = copy_of(settings), settings.store_url or ""
    demand_apart(home, url)
    if folder := folder_of(url):
        demand_room_for_folder(folder)
        demand_no_links(folder, *MADE_THERE)
    demand_files(home)
    marks = marks_in(home)
    if not marks:
        raise SquatwatchError(f"{home} has no data root to move: SQUATWATCH_HOME names another folder?")
    name = _name_of_move(home, url)
    before = _moved_before(copy, name, url)
    with exclusive_file(home / "locks" / "publish.lock"), work_folder(copy.folder, "move", "files") as work:
        sender = Sender(copy, home, work)
        units = {**dict.fromkeys(before, ()), **_by_unit(marks)}
        there_before = 0
        for unit in sorted(units):
            base = before.get(unit, Unit(unit))
            files = sender.send_all(units[unit], base.files)
            there_before += len(files) if files == base.files else 0
            if files != base.files and not copy.commits.create(Unit(unit, base.number + 1, files), work, name):
                raise TryLater(f"{url}: somebody else writes {unit} in this moment; run the command again")
            tell(f"{unit}: {len(files)} files")
        is_published = sender.send_catalog()
    if marks_in(home) != marks:
        raise TryLater(f"{home} was written to while it was moved; stop the runs there, then run the command again")
    return Moved(
        source=str(home),
        target=url,
        date_count=sum(unit.startswith("run_date=") for unit in units),
        file_count=len(marks),
        size=sum(size for _, size, _ in marks.values()),
        there_before=there_before,
        is_published=is_published,
        left=_left(home, marks),
    )


@dataclass(frozen=True)
class Sender:
    """The sender of a folder's files; `work` is a folder for the one that is sent and for what comes back."""

    copy: LocalCopy
    home: Path
    work: Path

    def send_all(self, paths: Iterable[str], there: Mapping[str, Stored]) -> dict[str, Stored]:
        """Put the files that are not `there` as objects; return by path what each is."""
        paths = sorted(paths)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(paths, pool.map(lambda path: self._send(path, there.get(path)), paths), strict=True))

    def send_catalog(self) -> bool:
        """Put the warehouse as the newest catalog, and what its views name; return whether anything was published."""
        warehouse = warehouse_path(self.home)
        try:
            files = published_files(warehouse)
        except SquatwatchError:  # there is none, or an early release made it: the next publish makes one
            return False
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda path: self._send_published(path, files[path]), files))
        catalogs = self.copy.catalogs
        if not catalogs.create(1, warehouse) and not catalogs.create(catalogs.newest() + 1, warehouse):
            raise TryLater("another machine published; run the command again")
        return True

    def _send(self, path: str, there: Stored | None) -> Stored:
        linked = self.work / uuid.uuid4().hex  # keeps what is hashed now, when another file is renamed over it
        link_or_copy(self.home / path, linked)
        try:
            stat = linked.stat()
            stored = Stored(sha256_of(linked), stat.st_size, stat.st_mtime_ns)
            if stored != there:
                self._put(stored.key(path), linked, stored.sha256)
            return stored
        finally:
            linked.unlink()

    def _send_published(self, path: str, stored: Stored) -> None:
        key = stored.key(path)
        file = self.home / PUBLISHED_FOLDER / key.removeprefix("objects/")
        if not file.is_file() or not sha256_of(file).startswith(stored.sha256):
            raise Damaged(f"{file} is not what its name says; run: squatwatch publish, then the command again")
        self._put(key, file, stored.sha256)

    def _put(self, key: str, file: Path, sha256: str) -> None:
        """Put the object and read it back. Raises Damaged where what comes back is something else."""
        back = self.work / uuid.uuid4().hex
        try:
            store = self.copy.objects.store
            if create_object(store, key, file):
                store.get(key, back)
            if not back.is_file() or not sha256_of(back).startswith(sha256):
                raise Damaged(f"the object {key} does not hold what was sent; remove it, then run the command again")
        finally:
            back.unlink(missing_ok=True)


def _name_of_move(home: Path, url: str) -> str:
    """Return what commits of this move begin with; the folder remembers it by URL, so that the move can go on."""
    noted = read_note(home / NOTE)
    moves = noted.get("moves", {})
    if "to" in noted:  # as earlier releases noted the last move alone
        moves = {noted["to"]: noted["move"]} | moves
    if url not in moves:
        moves[url] = uuid.uuid4().hex
        write_note(home / NOTE, {"moves": moves})
    return f"move {moves[url]} "


def _moved_before(copy: LocalCopy, name: str, url: str) -> dict[str, Unit]:
    """Return the states that this move has committed so far. Raises SquatwatchError where anybody else has."""
    units = copy.units(None)
    others = sorted(unit.name.removeprefix("run_date=") for unit in units.values() if not unit.writer.startswith(name))
    if others:
        few = ", ".join(others[:3]) + (" …" if len(others) > 3 else "")
        raise SquatwatchError(
            f"{url} holds another data root, or has been worked on since this one was moved there ({few}); nothing was "
            "written: name an empty prefix with --to"
        )
    return units


def _by_unit(paths: Iterable[str]) -> dict[str, list[str]]:
    grouped = defaultdict(list)
    for path in paths:
        grouped[unit_of(path) or ""].append(path)
    return grouped


def _left(home: Path, moved: Iterable[str]) -> list[str]:
    """Return the names in the folder that were not moved, and are not made anew by whoever works on the store."""
    tops = {path.split("/")[0] for path in moved}
    others = (path for path in home.iterdir() if path.name not in tops | MADE_ANEW and path.name[0] != ".")
    return sorted(path.name for path in others if not _is_empty_folder(path))


def _is_empty_folder(path: Path) -> bool:
    """Tell whether it is a folder in which there are folders at most."""
    return all(one.is_dir() and not one.is_symlink() for one in chain([path], path.rglob("*")))
