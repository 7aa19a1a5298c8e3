"""Copying bytes: capped in size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from squatwatch.errors import BadList


def copy_capped(
    pieces: Iterable[bytes], into: BinaryIO, max_bytes: int, setting: str = "SQUATWATCH_MAX_LIST_MIB"
) -> int:
    """Writes the pieces, returns how many bytes they were. Raises BadList one byte past `max_bytes`, the `setting`."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > max_bytes:
            raise BadList(f"it is larger than {max_bytes >> 20} MiB as received; raise {setting} if that is right")
        into.write(piece)
    return size
