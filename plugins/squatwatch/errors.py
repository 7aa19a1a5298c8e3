"""Errors, named by what should happen next: wait, try later, or stop and read the message."""

from __future__ import annotations

import errno
from datetime import timedelta
from pathlib import Path


class SquatwatchError(Exception):
    """A step cannot go on. The message names the thing, the date and the next command to run."""


class NotPublishedYet(SquatwatchError):
    """The source has no list for the date so far; asking again later is the remedy."""


class TryLater(SquatwatchError):
    """The source is there but did not answer properly (429, 5xx, a reset); `after` is its own Retry-After, if any."""

    def __init__(self, message: str, after: timedelta | None = None):
        super().__init__(message)
        self.after = after


class Missing(SquatwatchError):
    """A file that an earlier step should have written is not there."""


class Damaged(SquatwatchError):
    """A file is there and cannot be read."""


class DiskFull(SquatwatchError):
    """There is no room for what a step makes; what was there before stays."""


class BadList(SquatwatchError):
    """The bytes received are no list of names (truncated, HTML, two members, a bomb, empty)."""


class UnhealthyFeed(SquatwatchError):
    """A list is there and can be read, but is not what its source usually sends; nothing is made of it."""


class PartialDate(SquatwatchError):
    """A date was done from the lists that came; one that is missing makes it incomplete."""


class SinkTrouble(SquatwatchError):
    """A sink was not sent everything; what it was not sent waits."""


class DatabaseTrouble(SquatwatchError):
    """The database does not answer, or refuses; what was to be written there can be sent again later."""


class RankerTrouble(SquatwatchError):
    """The ranker cannot be used; what it would have ordered is whole without it."""


class NotAllowed(SquatwatchError):
    """A file or folder cannot be written (or read) by this account, or its disk is read-only."""


def squatwatch_error(error: BaseException, path: Path | None = None) -> SquatwatchError | None:
    """Return a failure of the operating system as a SquatwatchError that names what is wrong; None for any other.

    Covers what no step can be blamed for, whichever library met it: a read-only disk, missing rights. `path` is what
    was being written, for libraries whose errors name no file.
    """
    if not isinstance(error, OSError) or (where := error.filename or path) is None:
        return None
    if error.errno == errno.EROFS:
        problem = "cannot be written, its disk is read-only: make the data root writable"
    elif error.errno in (errno.EACCES, errno.EPERM):
        problem = "may not be written or read by the account that runs squatwatch: give it the rights"
    else:
        return None
    return NotAllowed(f"{where} {problem}, or set SQUATWATCH_HOME to a folder of its own. What was there before stays")
