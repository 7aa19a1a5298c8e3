"""This machine's copy of a data root: objects, commits and catalogs as they were fetched, and the folder for readers.

`<scratch>/<url>/current` is what `settings.home` names. Only what is committed gets into it, so whoever reads there
sees what a reader of a data root on a disk sees. Steps work elsewhere (`work`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import copyfile

from squatwatch.errors import TryLater
from squatwatch.lake.partitions import PUBLISHED_FOLDER, atomic, exclusive_file
from squatwatch.settings import Settings
from squatwatch.store.catalogs import Catalogs, published_files
from squatwatch.store.commits import Commits, Unit
from squatwatch.store.objects import AT_ONCE, Objects
from squatwatch.store.opened import open_store
from squatwatch.store.roots import lay_out
from squatwatch.warehouse.connection import WAREHOUSE_FILE, warehouse_path
from squatwatch.warehouse.relocate import relocate

KEPT_HERE = ("cache", "index", "logs")  # of each machine, the same for all that works on it
NOTE = ".placed.json"  # in the folder for readers: by unit, and for the catalog, the number of what is in it


@dataclass(frozen=True)
class LocalCopy:
    """The folder of one store on this machine, and what is kept in it."""

    folder: Path
    objects: Objects
    commits: Commits
    catalogs: Catalogs

    def prepare(self, root: Path) -> None:
        """Give a folder that looks like a data root what all of them share."""
        root.mkdir(parents=True, exist_ok=True)
        for name, at in [*((name, name) for name in KEPT_HERE), (PUBLISHED_FOLDER, "objects")]:
            (self.folder / at).mkdir(parents=True, exist_ok=True)
            if not (root / name).exists():
                (root / name).symlink_to(self.folder / at)

    def units(self, dates: Sequence[date] | None, with_zones: bool = True) -> dict[str, Unit]:
        """Return by name the newest states of the dates, or of all, and of what is shared."""
        newest = self.commits.newest()
        wanted = set(newest) if dates is None else {f"run_date={run_date}" for run_date in dates}
        wanted |= {name for name in newest if name.startswith("shared/")}
        wanted -= set() if with_zones else {"shared/zones"}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            read = pool.map(lambda name: self.commits.read(name, newest.get(name, 0)), sorted(wanted))
            return {unit.name: unit for unit in read}

    def catalog(self) -> tuple[int, Path | None]:
        """Return the number and this machine's copy of the newest catalog, with the files that its views name."""
        number, path = self.catalog_alone()
        if path:
            self.objects.bring(published_files(path))
        return number, path

    def catalog_alone(self) -> tuple[int, Path | None]:
        """Return the same, without these files."""
        number = self.catalogs.newest()
        path = self.catalogs.fetch(number)
        if number and path is None:
            raise TryLater(f"{WAREHOUSE_FILE} was published anew in this moment; run the command again")
        return number, path

    def show(self, home: Path, units: Iterable[Unit]) -> None:
        """Have readers see these states, where they do not see later ones."""
        with self._placed(home) as placed:
            newer = [unit for unit in units if unit.number > placed.get(unit.name, 0)]
            shown = [unit.without_shards() for unit in newer]
            damaged = lay_out(self.objects, shown, home) if newer else set()
            placed.update({unit.name: unit.number for unit in newer if unit.name not in damaged})

    def show_catalog(self, home: Path) -> None:
        """Have readers see what was published last."""
        with self._placed(home) as placed:
            if self.catalogs.newest() <= placed.get("catalog", 0):
                return
            number, catalog = self.catalog()
            if catalog:
                with atomic(warehouse_path(home)) as temporary:
                    copyfile(catalog, temporary)
                    relocate(temporary, home)
                placed["catalog"] = number

    @contextmanager
    def _placed(self, home: Path) -> Iterator[dict[str, int]]:
        """Give the numbers of what is in the folder for readers, to be changed, while nobody else changes it."""
        with exclusive_file(self.folder / "locks" / "current.lock"):
            self.prepare(home)
            note = home / NOTE
            placed = json.loads(note.read_text()) if note.is_file() else {}
            before = dict(placed)
            yield placed
            if placed != before:
                with atomic(note) as temporary:
                    temporary.write_text(json.dumps(placed))


def copy_of(settings: Settings) -> LocalCopy:
    """Return this machine's copy of the store that is the data root."""
    store, folder = open_store(settings), settings.home.parent
    return LocalCopy(
        folder,
        Objects(store, folder),
        Commits(store, folder / "commits"),
        Catalogs(store, folder / "catalog"),
    )
