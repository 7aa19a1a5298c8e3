"""The records of a DNS master file in its whole format (RFC 1035, section 5): which names are delegated.

$ORIGIN, relative and blank owners, comments, parentheses over lines and quoted strings are understood. A line that is
no record is counted in `Skipped`, because a name may be lost with it; a directive that is not understood stops the
zone, because many may be.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from squatwatch.errors import BadList
from squatwatch.sources.zone.skipped import BadLine, Skipped

SPECIAL = re.compile(rb'[;()"\\]')
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|;.*|[()]|(?:[^\s;()"\\]|\\.)+|\s+')
LABEL = re.compile(rb"(?:[^.\\]|\\.)+")
# owner (empty where blank), TTL and class, each of which may be missing, in either order, and the type
RECORD = re.compile(
    rb"(\S*)\s+(?:(?:\d[\dsmhdw]*|in|class1)\s+)*+(?!(?:ch|hs|cs|class\d+)\s)([a-z][a-z0-9-]*)\s", re.IGNORECASE
)
DELEGATION = {b"NS", b"TYPE2"}  # the second is how RFC 3597 writes it
LONGEST_RECORD = 1 << 20  # bytes; one record holds at most 64 KiB, in whatever spelling
MOST_LINES = 200  # of a record in parentheses; a key or signature takes a dozen


class MasterFile:
    """The state of a master file for the records to come: origin, owner of the last record, parentheses still open.

    `apex` is the name of the zone, in lower case and without the last dot.
    """

    def __init__(self, apex: bytes, skipped: Skipped):
        self._apex = apex
        self._below = b"." + apex
        self._origin = apex
        self._owner: bytes | None = None
        self._depth = 0
        self._begun: list[bytes] = []  # the lines of a record with an open parenthesis, as they came
        self._skipped = skipped

    @property
    def is_inside_record(self) -> bool:
        """Tell whether the last line has left a parenthesis open."""
        return self._depth > 0

    def delegated(self, lines: bytes) -> list[bytes]:
        """Return the names directly below the apex that the lines delegate, in lower case, some more than once.

        Raises BadList for a directive that is not understood, and where too many lines are no records.
        """
        parted = lines.split(b"\n")
        is_plain = not self._depth and not SPECIAL.search(lines)
        return self._names(parted if is_plain else self._records(parted))

    def close(self) -> list[bytes]:
        """Return the names of what is left where the file has ended within a record; raises as `delegated`."""
        return self._names(self._records(self._abandon())) if self._begun else []

    def remember_owner(self, line: bytes) -> None:
        """Take a line that somebody else has read for the last record: the next one may have a blank owner."""
        if fields := line.split(None, 1):
            self._owner = self._absolute(fields[0])

    def _names(self, records: Iterable[bytes]) -> list[bytes]:
        owners = (self._owner_in(record) for record in records)
        return [owner for owner in owners if owner and self._is_directly_below_apex(owner)]

    def _owner_in(self, record: bytes) -> bytes | None:
        try:
            return self._owner_of_delegation(record)
        except BadLine as problem:
            self._skip(record, problem)
            return None

    def _skip(self, line: bytes, problem: BadLine) -> None:
        """Count a line that is no record. Blank owners after it are read as its own name, as far as it has one."""
        self._depth = 0
        self._begun.clear()
        if not line[:1].isspace():
            self.remember_owner(line)
        self._skipped.add(problem)

    def _records(self, lines: Sequence[bytes]) -> Iterator[bytes]:
        """Yield records without comments and parentheses, each on one line.

        A parenthesis that is not closed within MOST_LINES is one bad line, and the lines after it are read again
        without it.
        """
        unread = deque(lines)
        while unread:
            line = unread.popleft()
            if not self._depth and not SPECIAL.search(line):
                yield line
                continue
            try:
                self._depth = self._depth_after(line)
            except BadLine as problem:
                self._skip(line, problem)
                continue
            self._begun.append(line)
            if not self._depth:
                yield b" ".join(map(_plain, self._begun))
                self._begun.clear()
            elif len(self._begun) > MOST_LINES:
                unread.extendleft(reversed(self._abandon()))

    def _abandon(self) -> list[bytes]:
        """Skip the first line of the record that is open, and return its other lines, to be read by themselves."""
        first, *others = self._begun
        self._skip(first, BadLine(f"a parenthesis is never closed in the record {_quoted(first)}"))
        return others

    def _depth_after(self, line: bytes) -> int:
        """Return how many parentheses are open after the line. Raises BadLine for one that does not fit together."""
        tokens = TOKEN.findall(line)
        if sum(map(len, tokens)) < len(line):
            raise BadLine(f"a quoted string or an escape does not end in the line {_quoted(line)}")
        depth = self._depth
        for token in tokens:
            depth += (token == b"(") - (token == b")")
            if depth < 0:
                raise BadLine(f"a parenthesis is closed that was not opened in the line {_quoted(line)}")
        return depth

    def _owner_of_delegation(self, record: bytes) -> bytes | None:
        """Return the owner of an NS record, absolute; None for any other record, a directive and a blank line."""
        parts = RECORD.match(record)
        if not parts or record[:1] == b"$":
            self._obey(record)
            return None
        owner, record_type = parts.groups()
        if owner:
            self._owner = self._absolute(owner)
        elif self._owner is None:
            raise BadLine(f"the first record has no owner: {_quoted(record)}")
        return self._owner if record_type.upper() in DELEGATION else None

    def _obey(self, line: bytes) -> None:
        match line.split():
            case []:
                pass
            case [name, origin] if name.upper() == b"$ORIGIN":
                self._origin = self._absolute(origin)
            case [name, _] if name.upper() == b"$TTL":
                pass
            case [name, *_] if name.startswith(b"$"):
                raise BadList(f"the directive {_quoted(line)} is not understood")
            case _:
                raise BadLine(f"it has a line that is no DNS record of class IN: {_quoted(line)}")

    def _absolute(self, name: bytes) -> bytes:
        """Return the name in lower case, without the last dot that tells it from a relative one; the root is empty."""
        if name == b"@":
            return self._origin
        # an escaped dot ends no name
        if name.endswith(b".") and not (b"\\" in name and LABEL.findall(name)[-1].endswith(b".")):
            return name[:-1].lower()
        return b".".join(filter(None, [name.lower(), self._origin]))

    def _is_directly_below_apex(self, owner: bytes) -> bool:
        if not owner.endswith(self._below):
            return False
        label = owner.removesuffix(self._below)
        return b"." not in label or len(LABEL.findall(label)) == 1


def _plain(line: bytes) -> bytes:
    """Return the line without its comment and its parentheses."""
    tokens = TOKEN.findall(line)
    return b"".join(b" " if token in (b"(", b")") or token[:1] == b";" else token for token in tokens)


def _quoted(line: bytes) -> str:
    return repr(line.strip()[:60].decode("utf-8", "backslashreplace"))
