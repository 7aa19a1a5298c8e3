"""Reads the records of a DNS master file in its whole format (RFC 1035, section 5): which names are delegated.

$ORIGIN, relative and blank owners, comments, parentheses over lines and quoted strings are understood. What is not is
never passed over, because a name might be lost with it: BadList quotes the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from squatwatch.errors import BadList

SPECIAL = re.compile(rb'[;()"\\]')
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|;.*|[()]|(?:[^\s;()"\\]|\\.)+|\s+')
LABEL = re.compile(rb"(?:[^.\\]|\\.)+")
# owner (empty where blank), TTL and class, each of which may be missing, in either order, and the type
RECORD = re.compile(
    rb"(\S*)\s+(?:(?:\d[\dsmhdw]*|in|class1)\s+)*+(?!(?:ch|hs|cs|class\d+)\s)([a-z][a-z0-9-]*)\s", re.IGNORECASE
)
DELEGATION = {b"NS", b"TYPE2"}  # the second is how RFC 3597 writes it
LONGEST_RECORD = 1 << 20  # bytes; one record holds at most 64 KiB, in whatever spelling


class MasterFile:
    """What a master file says of the records after: origin, owner of the last record, parentheses still open.

    `apex` is the name of the zone, in lower case and without the last dot.
    """

    def __init__(self, apex: bytes):
        self._apex = apex
        self._below = b"." + apex
        self._origin = apex
        self._owner: bytes | None = None
        self._depth = 0
        self._begun = bytearray()  # a record with an open parenthesis

    @property
    def is_inside_record(self) -> bool:
        return self._depth > 0

    def delegated(self, lines: bytes) -> list[bytes]:
        """The names directly below the apex that the lines delegate, in lower case, some more than once.

        Raises BadList quoting a line that is no record.
        """
        owners = (self._owner_of_delegation(record) for record in self._records(lines))
        return [owner for owner in owners if owner and self._is_directly_below_apex(owner)]

    def close(self) -> None:
        """Raises BadList where the file has ended within a record."""
        if self._depth:
            raise BadList(f"a parenthesis is never closed in the record {_quoted(self._begun)}")

    def remember_owner(self, line: bytes) -> None:
        """Takes a line that somebody else has read for the last record: the next one may have a blank owner."""
        if fields := line.split(None, 1):
            self._owner = self._absolute(fields[0])

    def _records(self, lines: bytes) -> Iterator[bytes]:
        """Records without comments and parentheses, each on one line."""
        if not self._depth and not SPECIAL.search(lines):
            yield from lines.split(b"\n")
            return
        for line in lines.split(b"\n"):
            if not self._depth and not SPECIAL.search(line):
                yield line
                continue
            self._begun += self._plain(line) + b" "
            if not self._depth:
                yield bytes(self._begun)
                self._begun.clear()
            elif len(self._begun) > LONGEST_RECORD:
                self.close()

    def _plain(self, line: bytes) -> bytes:
        """The line without its comment and its parentheses, which are counted."""
        tokens = TOKEN.findall(line)
        if sum(map(len, tokens)) < len(line):
            raise BadList(f"a quoted string or an escape does not end in the line {_quoted(line)}")
        for token in tokens:
            self._depth += (token == b"(") - (token == b")")
            if self._depth < 0:
                raise BadList(f"a parenthesis is closed that was not opened in the line {_quoted(line)}")
        return b"".join(b" " if token in (b"(", b")") or token[:1] == b";" else token for token in tokens)

    def _owner_of_delegation(self, record: bytes) -> bytes | None:
        """The owner of an NS record, absolute; None for any other record, a directive and a blank line."""
        parts = RECORD.match(record)
        if not parts or record[:1] == b"$":
            return self._obey(record)
        owner, record_type = parts.groups()
        if owner:
            self._owner = self._absolute(owner)
        elif self._owner is None:
            raise BadList(f"the first record has no owner: {_quoted(record)}")
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
                raise BadList(f"it has a line that is no DNS record of class IN: {_quoted(line)}")

    def _absolute(self, name: bytes) -> bytes:
        """The name in lower case, without the last dot that tells it from a relative one; the root is empty."""
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


def _quoted(line: bytes) -> str:
    return repr(line.strip()[:60].decode("utf-8", "backslashreplace"))
