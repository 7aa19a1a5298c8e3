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


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Give the folder of an artifact: the path itself, or a folder that is gone afterwards where it is an archive.

    Raises SquatwatchError for an archive that cannot be read, is too large unpacked, or has anything but files that
    stay in their folder.
    """
    if not path.is_file():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="squatwatch-model-") as name:
        folder = Path(name)
        _unpack(path, folder)
        yield artifact_folder(folder)


def artifact_folder(unpacked: Path) -> Path:
    """Return the folder of an unpacked archive that holds the artifact: itself, or the only one in it."""
    inside = [path.parent for path in sorted(unpacked.glob(f"*/{MANIFEST}"))]
    return inside[0] if len(inside) == 1 and not (unpacked / MANIFEST).is_file() else unpacked


def _unpack(path: Path, folder: Path) -> None:
    try:
        with gzip.open(path) as packed, tarfile.open(fileobj=cast(IO[bytes], _Limited(packed)), mode="r|") as archive:
            for count, member in enumerate(archive, 1):
                if count > MOST_FILES:
                    raise SquatwatchError(f"{path} has more than {MOST_FILES} files, which no artifact has")
                if not (member.isdir() or (member.isfile() and not member.issparse())):
                    raise SquatwatchError(f"{path} has {member.name[:100]!r}, which is neither a file nor a folder")
                archive.extract(member, folder, filter="data")  # refuses what would lie elsewhere
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise SquatwatchError(
            f"{path} cannot be unpacked ({error}); an artifact is packed so: tar -C FOLDER -czf {path.name} ."
        ) from error


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
