"""A local warehouse for people without access to the machines: a folder that follows what is published in a store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from squatwatch.errors import Missing
from squatwatch.lake.partitions import PUBLISHED_FOLDER
from squatwatch.settings import Settings
from squatwatch.store.catalogs import named_files
from squatwatch.store.local_copy import copy_of
from squatwatch.store.whole.filling import bring_warehouse, claim, read_note, write_note
from squatwatch.store.whole.places import demand_apart, demand_no_links
from squatwatch.warehouse.connection import WAREHOUSE_FILE, warehouse_path

NOTE = ".synced.json"  # in the folder: which catalog it has


@dataclass(frozen=True)
class Synced:
    """A local warehouse as it is now."""

    path: Path
    number: int  # of the publish that it shows
    is_new: bool  # whether that is another one than before


def sync(settings: Settings, folder: Path) -> Synced:
    """Bring the folder's warehouse to what was published last in the store that `settings` name.

    Files that were published before stay for a day, because somebody may have the warehouse open. Raises
    SquatwatchError where the folder has something else in it, and Missing where nothing was published.
    """
    url, note = settings.store_url or "", folder / NOTE
    demand_apart(url, folder)
    claim(note, url)
    copy = copy_of(settings)
    number = copy.catalogs.newest()
    if number and number == read_note(note).get("catalog") and warehouse_path(folder).is_file():
        return Synced(warehouse_path(folder), number, is_new=False)
    demand_no_links(folder, NOTE, PUBLISHED_FOLDER, WAREHOUSE_FILE)
    number, catalog = bring_warehouse(copy, folder)
    if catalog is None:
        raise Missing(f"nothing was published in {url} so far; run there: squatwatch publish")
    _remove_others(catalog, folder)
    write_note(note, {"from": url, "catalog": number})
    return Synced(warehouse_path(folder), number, is_new=True)


def _remove_others(catalog: Path, folder: Path) -> None:
    """Remove files that the catalog does not name any more; it names those of the last day as well."""
    named, published = named_files(catalog), folder / PUBLISHED_FOLDER
    for path in published.rglob("*.parquet"):
        if f"objects/{path.relative_to(published).as_posix()}" not in named:
            path.unlink()
