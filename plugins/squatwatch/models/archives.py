"""Packed artifacts: `model.tar.gz`, as a training job of SageMaker leaves one. Anybody may have packed it."""

from __future__ import annotations

import gzip
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from squatwatch.errors import SquatwatchError
from squatwatch.models.registry import MANIFEST

MOST_BYTES = 200_000_000  # unpacked; the shipped artifact has 210,000
MOST_FILES = 100
MOST_FOLDERS = 20  # around a file; an artifact has one or none

# the last three: of times and names that no file can have, and of headers that announce headers without end
UNREADABLE = (OSError, EOFError, zlib.error, tarfile.TarError, OverflowError, ValueError, RecursionError)


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Give the folder of an artifact: the path itself, or a folder that is gone afterwards where it is an archive.

    Raises SquatwatchError for an archive that cannot be read, is too large unpacked, has anything but files that stay
    in their folder, or not one artifact.
    """
    if not path.is_file():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="squatwatch-model-") as name:
        folder = Path(name)
        _unpack(path, folder)
        yield _only_artifact(path, folder)


def artifact_folder(unpacked: Path) -> Path:
    """Return the folder of an unpacked archive that holds the artifact: itself, or the only one in it."""
    inside = _inside(unpacked)
    return inside[0] if len(inside) == 1 and not (unpacked / MANIFEST).is_file() else unpacked


def _only_artifact(path: Path, unpacked: Path) -> Path:
    folder = artifact_folder(unpacked)
    if not (folder / MANIFEST).is_file():
        many = len(_inside(unpacked))
        found = f"{many} artifacts, each with a {MANIFEST}" if many else f"no {MANIFEST}, alone or in a folder"
        raise SquatwatchError(f"{path} has {found}; {_how_packed(path)}")
    return folder


def _inside(unpacked: Path) -> list[Path]:
    return [path.parent for path in sorted(unpacked.glob(f"*/{MANIFEST}")) if path.is_file()]


def _unpack(path: Path, folder: Path) -> None:
    try:
        with gzip.open(path) as packed, tarfile.open(fileobj=cast(IO[bytes], _Limited(packed)), mode="r|") as archive:
            for count, member in enumerate(archive, 1):
                if count > MOST_FILES:
                    raise SquatwatchError(f"{path} has more than {MOST_FILES} files, which no artifact has")
                if not (member.isdir() or (member.isfile() and not member.issparse())):
                    raise SquatwatchError(f"{path} has {member.name[:100]!r}, which is neither a file nor a folder")
                if member.name.count("/") > MOST_FOLDERS:
                    raise OSError(f"a path in it has more than {MOST_FOLDERS} folders")
                archive.extract(member, folder, filter="data")  # refuses what would lie elsewhere
    except UNREADABLE as error:
        raise SquatwatchError(f"{path} cannot be unpacked ({error}); {_how_packed(path)}") from error


def _how_packed(path: Path) -> str:
    return f"an artifact is packed so: tar -C FOLDER -czf {path.name} ."


class _Limited:
    """Reader of a packed file that refuses more than MOST_BYTES: a few packed bytes may become any number."""

    def __init__(self, file: gzip.GzipFile):
        self._file, self._left = file, MOST_BYTES

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise OSError(f"it has more than {MOST_BYTES:,} bytes")
        return data
