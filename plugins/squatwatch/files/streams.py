"""Bytes of files: copied up to a limit, hashed, linked."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from squatwatch.errors import BadList


def copy_capped(
    pieces: Iterable[bytes], into: BinaryIO, max_bytes: int, setting: str | None = "SQUATWATCH_MAX_LIST_MIB"
) -> int:
    """Write the pieces and return how many bytes they were.

    Raises BadList one byte past `max_bytes`; `setting` is the variable to raise, None where there is none.
    """
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > max_bytes:
            remedy = f"; raise {setting} if that is right" if setting else ""
            raise BadList(f"it is larger than {max_bytes >> 20} MiB as received{remedy}")
        into.write(piece)
    return size


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file in hexadecimal. Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def link_or_copy(source: Path, target: Path) -> None:
    """Put the file as it is now at `target`: a hard link keeps its content when a new one is renamed over it.

    Copies it on file systems without hard links. Raises FileNotFoundError where the source is gone.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(source, target)
