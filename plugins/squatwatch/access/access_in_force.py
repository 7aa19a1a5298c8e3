"""The access file in force: read anew where it changed, so that a key is replaced without a restart."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock
from time import monotonic

from squatwatch.access.access_file import Access, read_access, secret_file
from squatwatch.errors import SquatwatchError

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0  # how long a change may go unseen

Fingerprint = tuple[tuple[int, ...] | None, ...]


class AccessInForce:
    """The rules of an access file as it stands now.

    A new version that cannot be read leaves the old one in force, and is told once. Raises SquatwatchError, when it is
    made, where the first version cannot be read.
    """

    def __init__(self, path: Path, check_seconds: float = CHECK_SECONDS):
        self._path = path
        self._check_seconds = check_seconds
        self._lock = Lock()
        self._checked_at = monotonic()
        self._access = read_access(path)
        self._seen = self._fingerprint()
        self._warn()

    def current(self) -> Access:
        """Return the rules in force; read the file again where it, or a file of a secret, changed."""
        if monotonic() - self._checked_at >= self._check_seconds and self._lock.acquire(blocking=False):
            try:
                self._checked_at = monotonic()
                self._read_if_changed()
            finally:
                self._lock.release()
        return self._access

    def _read_if_changed(self) -> None:
        found = self._fingerprint()
        if found == self._seen:
            return
        self._seen = found
        try:
            self._access = read_access(self._path)
        except (SquatwatchError, OSError) as error:
            log.warning("%s. Its earlier version stays in force until this is corrected", error)
            return
        self._seen = self._fingerprint()  # the new version may name other files
        log.info("the access file %s was read anew: %d users", self._path, len(self._access.rules.users))
        self._warn()

    def _fingerprint(self) -> Fingerprint:
        files = [secret_file(self._path, file) for file in self._access.rules.secret_files()]
        return tuple(_fingerprint_of(file) for file in (self._path, *files))

    def _warn(self) -> None:
        for warning in self._access.warnings:
            log.warning(warning)


def _fingerprint_of(path: Path) -> tuple[int, ...] | None:
    """Return what changes with a file; its rights count too, which show in the time of its inode."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
