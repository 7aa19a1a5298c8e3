"""Places that a move or a sync reads from and writes to: folders, apart from each other, without symlinks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from squatwatch.errors import SquatwatchError
from squatwatch.store.commits import LOCAL, unit_of
from squatwatch.warehouse.connection import WAREHOUSE_FILE

SCHEME = "file://"


def demand_apart(source: str | Path, target: str | Path) -> None:
    """Raise SquatwatchError where one of two places, folders or URLs of stores, is the other one or inside it."""
    folders = [folder_of(place) for place in (source, target)]
    one, other = (os.path.realpath(folder) if folder else None for folder in folders)
    if one and other and os.path.commonpath([one, other]) in (one, other):
        raise SquatwatchError(
            f"{source} and {target} are one folder, or one is inside the other; nothing was written: name a folder "
            f"outside of {source} with --to"
        )


def demand_room_for_folder(folder: Path) -> None:
    """Raise SquatwatchError where something else than a folder is at the path or on the way to it."""
    there = next((path for path in (folder, *folder.parents) if os.path.lexists(path)), None)
    if there and not there.is_dir():
        raise SquatwatchError(f"{there} is there, and is no folder; nothing was written: name a folder with --to")


def demand_no_links(folder: Path, *names: str) -> None:
    """Raise SquatwatchError where a symlink lies below the folder, at or below these names in it, or at any."""
    for name in names or sorted(os.listdir(folder)):
        if link := next(_links(folder / name), None):
            raise SquatwatchError(
                f"{link} is a symlink, and what it names may be somebody else's; nothing was written or removed: "
                "remove the symlink, or name another folder with --to"
            )


def demand_files(home: Path) -> None:
    """Raise SquatwatchError where something of the data root is no file or folder, but a symlink, a pipe or such."""
    for folder, folders, names in os.walk(home):
        below = Path(folder).relative_to(home)
        folders[:] = [name for name in folders if name[0] != "." and (below / name).parts[0] not in LOCAL]
        for name in sorted([*folders, *(name for name in names if name[0] != ".")]):
            mode = os.lstat(os.path.join(folder, name)).st_mode
            if not S_ISREG(mode) and not S_ISDIR(mode) and _is_moved(home, (below / name).as_posix()):
                raise SquatwatchError(
                    f"{home / below / name} is no file of the data root but a symlink, a pipe or the like; nothing was "
                    "moved: put the file or folder itself there, or remove it, then run the command again"
                )


def folder_of(place: str | Path) -> Path | None:
    """Return the folder that a path or the URL of a store names; None where it is a bucket."""
    if isinstance(place, Path):
        return place
    return Path(place.removeprefix(SCHEME)) if place.startswith(SCHEME) else None


def _is_moved(home: Path, path: str) -> bool:
    """Tell whether a move would send the file at the path, or files of a folder there."""
    own = unit_of(path) or unit_of(f"{path}/file") or path == WAREHOUSE_FILE
    return bool(own) or any((home / path).glob("run_date=*"))


def _links(path: Path) -> Iterator[Path]:
    if path.is_symlink():
        yield path
        return
    for folder, folders, names in os.walk(path):
        yield from (Path(folder, name) for name in (*folders, *names) if os.path.islink(os.path.join(folder, name)))
