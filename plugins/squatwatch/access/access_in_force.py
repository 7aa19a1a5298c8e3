"""The access file in force: read anew where it changed, so that a key is replaced without a restart."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock
from time import monotonic

from squatwatch.access.access_file import Access, read_access, state_of
from squatwatch.errors import SquatwatchError

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0  # how long a change may go unseen


class AccessInForce:
    """The rules of an access file as it stands now.

    A new version that cannot be read leaves the old one in force, and is told once; without a file nobody is let in.
    Raises SquatwatchError, when it is made, where the first version cannot be read.
    """

    def __init__(self, path: Path, check_seconds: float = CHECK_SECONDS):
        self._path = path
        self._check_seconds = check_seconds
        self._lock = Lock()
        self._checked_at = monotonic()
        self._failure = ""  # of the newest version, "" where that is in force
        self._access = read_access(path)
        self._warn()

    def current(self) -> Access:
        """Return the rules in force; read the file again where it, or a file of a secret, changed."""
        if monotonic() - self._checked_at >= self._check_seconds and self._lock.acquire(blocking=False):
            try:
                self._checked_at = monotonic()
                if self._failure or self._is_changed():
                    self._read()
            finally:
                self._lock.release()
        return self._access

    def _is_changed(self) -> bool:
        return any(state_of(file) != state for file, state in self._access.states.items())

    def _read(self) -> None:
        try:
            self._access = read_access(self._path)
        except (SquatwatchError, OSError) as error:
            self._keep_or_close(str(error))
            return
        self._failure = ""
        log.info("the access file %s was read anew; it has %d users", self._path, len(self._access.rules.users))
        self._warn()

    def _keep_or_close(self, failure: str) -> None:
        """Note why the newest version is not in force. Whoever removes the file wants to let in nobody."""
        if state_of(self._path) is None:
            self._access = self._access.for_nobody()
            outcome = "Nobody may ask until it is there again"
        elif self._access.rules.users:
            outcome = "Its earlier version stays in force until this is corrected"
        else:
            outcome = "Nobody may ask until this is corrected"
        if failure != self._failure:
            log.warning("%s. %s", failure, outcome)
        self._failure = failure

    def _warn(self) -> None:
        for warning in self._access.warnings:
            log.warning(warning)
