"""A data root moved out of a store into a folder; the store stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from squatwatch.errors import Damaged, SquatwatchError, TryLater
from squatwatch.files.streams import sha256_of
from squatwatch.settings import Settings
from squatwatch.store.commits import Stored
from squatwatch.store.local_copy import copy_of
from squatwatch.store.roots import lay_out
from squatwatch.store.whole.filling import bring_warehouse, claim
from squatwatch.store.whole.moved import Moved
from squatwatch.store.whole.places import demand_apart, demand_no_links

NOTE = ".moving.json"  # in the folder, while it is not whole


def move_out_of_store(settings: Settings, folder: Path) -> Moved:
    """Move the data root in the store that `settings` name into the folder.

    An interrupted one goes on: what was fetched is in the scratch folder. Raises SquatwatchError where the folder has
    something else in it, Damaged where an object is gone or holds something else, and TryLater where somebody else has
    committed meanwhile.
    """
    copy, url = copy_of(settings), settings.store_url or ""
    newest = copy.commits.newest()
    if not newest:
        raise SquatwatchError(f"{url} has no data root to move: SQUATWATCH_HOME names another place?")
    demand_apart(url, folder)
    claim(folder / NOTE, url)
    demand_no_links(folder)
    units = copy.units(None)
    files = {path: stored for unit in units.values() for path, stored in unit.files.items()}
    copy.objects.bring(files)
    lay_out(copy.objects, units.values(), folder)
    _, catalog = bring_warehouse(copy, folder)
    _demand_hashes(folder, files)
    if copy.commits.newest() != newest:
        raise TryLater(f"{url} was written to while it was moved; stop the runs there, then run the command again")
    (folder / NOTE).unlink()
    return Moved(
        source=url,
        target=str(folder),
        date_count=sum(name.startswith("run_date=") for name in units),
        file_count=len(files),
        size=sum(stored.size for stored in files.values()),
        there_before=0,
        is_published=catalog is not None,
        left=[],
    )


def _demand_hashes(folder: Path, files: Mapping[str, Stored]) -> None:
    for path, stored in files.items():
        if sha256_of(folder / path) != stored.sha256:
            raise Damaged(
                f"{folder / path} is not what was committed: this machine's copies are damaged; remove the folder and "
                "what is in SQUATWATCH_SCRATCH, then run the command again"
            )
