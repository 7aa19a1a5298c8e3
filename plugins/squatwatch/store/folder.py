"""A store in a folder that several machines share: it needs hard links, but neither locks nor that clocks agree."""

from __future__ import annotations

import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from squatwatch.errors import Missing
from squatwatch.files.streams import sha256_of


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

    def create(self, key: str, source: Path) -> bool:
        """Put the file as a new object; return whether it is the one that is there now."""
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{uuid.uuid4().hex}")
        try:
            shutil.copyfile(source, temporary)
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            os.link(temporary, path)
        except FileExistsError:
            return sha256_of(path) == sha256_of(source)
        finally:
            temporary.unlink(missing_ok=True)
        return True

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with the prefix, sorted; the prefix ends where a folder does."""
        found = (path for path in (self.folder / prefix).rglob("*") if path.is_file() and path.name[0] != ".")
        return sorted(path.relative_to(self.folder).as_posix() for path in found)

    def delete(self, key: str) -> None:
        """Remove the object, if it is there."""
        (self.folder / key).unlink(missing_ok=True)
