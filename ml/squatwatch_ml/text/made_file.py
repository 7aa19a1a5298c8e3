"""Files that are made where squatwatch is installed, from packages whose content is no part of it.

The first line says what a file was made from and the sha256 of the rest. One that is missing, cut short or made from
something else is made anew by whoever needs it.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

log = logging.getLogger(__name__)


class MadeFile(NamedTuple):
    """A file beside the modules: how its content is made, what that depends on, and the command that does it."""

    path: Path
    content: Callable[[], bytes]
    made_from: str  # one line
    command: str

    def read_or_make(self) -> bytes:
        """Return the content; where the file cannot be used, it is made anew.

        Where it cannot be written either, a warning says what ends that.
        """
        try:
            demand_regular(self.path)
            first, _, content = self.path.read_bytes().partition(b"\n")
            if first == self._header(content):
                return content
            why = f"{self.path} is damaged or was made from another release"
        except OSError as error:
            why = f"{self.path} cannot be read ({error.strerror})"
        content = self.content()
        try:
            self._write(content)
            log.info("%s: it was made anew", why)
        except OSError as error:
            log.warning(
                "%s, and cannot be written (%s). Let a user who may write there run: %s", why, error, self.command
            )
        return content

    def make(self) -> bytes:
        """Make the file and return its content. Raises OSError where it cannot be written."""
        content = self.content()
        self._write(content)
        return content

    def _write(self, content: bytes) -> None:
        beside = self.path.with_name(f".{self.path.name}.{uuid.uuid4().hex}")
        try:
            beside.write_bytes(self._header(content) + b"\n" + content)
            beside.replace(self.path)
        finally:
            beside.unlink(missing_ok=True)

    def _header(self, content: bytes) -> bytes:
        return f"{self.made_from} {hashlib.sha256(content).hexdigest()[:16]}".encode()


def rules_of(*programs: str) -> str:
    """Return a hash of the programs that make a file, given as their files."""
    return hashlib.sha256(b"".join(Path(program).read_bytes() for program in programs)).hexdigest()[:16]


def versions_of(*packages: str) -> str:
    """Return packages and their versions, in one line."""
    return ", ".join(f"{package} {version(package)}" for package in packages)


def demand_regular(path: Path) -> None:
    """Raise OSError where something else than a file lies at a path, as a pipe, which is waited for without end."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no regular file", str(path))


@contextmanager
def or_exit(path: Path) -> Iterator[None]:
    """End the program with one line that names the file, where it cannot be written."""
    try:
        yield
    except OSError as error:
        sys.exit(f"{path} cannot be written ({error.strerror})")
