"""Places that a move or a sync reads from and writes to: folders, apart from each other, without symlinks."""

from __future__ import annotations

import os
from pathlib import Path

from squatwatch.errors import SquatwatchError

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


def folder_of(place: str | Path) -> Path | None:
    """Return the folder that a path or the URL of a store names; None where it is a bucket."""
    if isinstance(place, Path):
        return place
    return Path(place.removeprefix(SCHEME)) if place.startswith(SCHEME) else None
