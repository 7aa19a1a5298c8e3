"""Folders that are filled from a store: whose they are, and the warehouse in them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from shutil import copyfile
from typing import Any

from squatwatch.errors import SquatwatchError
from squatwatch.files.streams import link_or_copy
from squatwatch.lake.partitions import PUBLISHED_FOLDER, atomic
from squatwatch.store.catalogs import published_files
from squatwatch.store.local_copy import LocalCopy
from squatwatch.store.whole.places import demand_room_for_folder
from squatwatch.warehouse.connection import warehouse_path
from squatwatch.warehouse.relocate import relocate


def claim(note: Path, url: str) -> None:
    """Make the folder of the note, and note that it is filled from the store of this URL.

    Raises SquatwatchError where it has something in it that does not come from there, or is no folder.
    """
    folder = note.parent
    demand_room_for_folder(folder)
    if not folder.is_dir() or not any(folder.iterdir()):
        write_note(note, {"from": url})
    elif read_note(note).get("from") != url:
        raise SquatwatchError(
            f"{folder} is not empty, and is no copy of {url}; nothing was written: name an empty folder"
        )


def read_note(note: Path) -> dict[str, Any]:
    """Return what was noted, nothing where there is no such note."""
    try:
        return dict(json.loads(note.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def write_note(note: Path, noted: dict[str, Any]) -> None:
    """Replace the note."""
    with atomic(note) as temporary:
        temporary.write_text(json.dumps(noted) + "\n", "utf-8")


def bring_warehouse(copy: LocalCopy, folder: Path) -> tuple[int, Path | None]:
    """Make the newest catalog the folder's warehouse, with the files that its views name; return number and catalog."""
    number, catalog = copy.catalog()
    if catalog:
        _place_published(copy, catalog, folder)
        with atomic(warehouse_path(folder)) as temporary:
            copyfile(catalog, temporary)
            relocate(temporary, folder)
    return number, catalog


def _place_published(copy: LocalCopy, catalog: Path, folder: Path) -> None:
    for path, stored in published_files(catalog).items():
        target = folder / PUBLISHED_FOLDER / stored.key(path).removeprefix("objects/")
        if not target.is_file():
            temporary = target.with_name(f".{target.name}")
            temporary.unlink(missing_ok=True)
            link_or_copy(copy.objects.path(path, stored), temporary)
            os.replace(temporary, target)
