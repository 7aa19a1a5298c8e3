"""A store in a folder that several machines share: it needs hard links, but neither locks nor that clocks agree."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from squatwatch.errors import Missing
from squatwatch.files.streams import sha256_of
from squatwatch.store.base import Created, Listed


@dataclass(frozen=True)
class FolderStore:
    """A store below a folder, of which `file:///mnt/share` is the URL."""

    folder: Path

    def get(self, key: str, into: Path) -> None:
        """Write the object to a file. Raises Missing where it is not there."""
        try:
            shutil.copyfile(self.folder / key, into)
        except FileNotFoundError:
            raise Missing(f"there is no {self.folder / key}") from None

    def create(self, key: str, source: Path) -> Created:
        """Put the file as a new object; return whether it is the one that is there now."""
        path = self.folder / key
        with _copied_beside(path, source) as temporary:
            try:
                os.link(temporary, path)
            except FileExistsError:
                return Created.BEFORE if sha256_of(path) == sha256_of(source) else Created.OTHER
        return Created.NOW

    def put(self, key: str, source: Path) -> str:
        """Put the file, over the object that is there if there is one; return its `etag`."""
        path = self.folder / key
        with _copied_beside(path, source) as temporary:
            etag = _etag(temporary.stat())
            os.replace(temporary, path)
        return etag

    def listing(self, prefix: str) -> list[Listed]:
        """Return the objects whose keys begin with the prefix, by key; the prefix ends where a folder does."""
        listed = []
        for key in self.keys(prefix):
            with suppress(FileNotFoundError):  # another machine has removed it in this moment
                state = (self.folder / key).stat()
                modified_at = datetime.fromtimestamp(state.st_mtime, UTC)
                listed.append(Listed(key, state.st_size, _etag(state), modified_at))
        return listed

    def keys(self, prefix: str) -> list[str]:
        """Return these keys alone."""
        found = (path for path in (self.folder / prefix).rglob("*") if path.is_file() and path.name[0] != ".")
        return sorted(path.relative_to(self.folder).as_posix() for path in found)

    def delete(self, key: str) -> None:
        """Remove the object, if it is there."""
        (self.folder / key).unlink(missing_ok=True)


def _etag(state: os.stat_result) -> str:
    return f"{state.st_ino}-{state.st_mtime_ns}"


@contextmanager
def _copied_beside(path: Path, source: Path) -> Iterator[Path]:
    """Give a copy of the file that is on the disk, in the folder of `path`; it is removed where it is still there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{uuid.uuid4().hex}")
    try:
        shutil.copyfile(source, temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
