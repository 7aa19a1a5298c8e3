"""Copying bytes: capped in size."""

from __future__ import annotations

from collections.abc import Iterable
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
