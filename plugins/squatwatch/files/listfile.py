"""Lists as providers send them: a zip with one member, gzip, or text. What they say of themselves is not trusted.

Nothing is unpacked to disk, so a member called `../../etc/passwd` could do no harm; it is refused all the same,
because a file with such a name is not a list of domains.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, Protocol

from squatwatch.errors import BadList
from squatwatch.files.encoding import UTF16

Kind = Literal["zip", "gz", "txt"]

HTML = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<")  # or XML: no line of a list begins like that
OF_A_SYSTEM = {".DS_Store", "Thumbs.db", "desktop.ini"}  # what file managers add to an archive


class _Readable(Protocol):
    """A file, or a member of an archive, that gives bytes in pieces."""

    def read(self, size: int, /) -> bytes: ...


def kind_of(path: Path) -> Kind:
    """Return what the first bytes say; names and Content-Type headers are often wrong."""
    with path.open("rb") as file:
        return _kind(file)


def open_list(path: Path, max_bytes: int) -> bytes:
    """Return the unpacked bytes of a list, in UTF-8 where they came in UTF-16.

    Raises BadList where it is truncated, has no member or several, unpacks to more than `max_bytes`,
    is an HTML page, binary, or empty. The message says what is wrong and leaves file and date to the caller.
    """
    with path.open("rb") as file:
        return read_list(file, max_bytes)


def read_list(file: BinaryIO, max_bytes: int) -> bytes:
    """Return what `open_list` returns, of a file that is open for reading; raise what it raises."""
    unpack = {"zip": _unpack_zip, "gz": _unpack_gz, "txt": _read_at_most}[_kind(file)]
    content = _in_utf8(unpack(file, max_bytes))
    if HTML.match(content[:1000]):
        raise BadList("it is an HTML page or XML, not a list")
    if b"\0" in content[:1000]:
        raise BadList("it is a binary file; a list is text, or text in a zip or gz file")
    if not content.strip():
        raise BadList("it is empty")
    return content


def _in_utf8(content: bytes) -> bytes:
    """Return text of UTF-16, which Windows programs write, as UTF-8; anything else as it is."""
    encoding = UTF16.get(content[:2]) or _utf16_without_mark(content[:1000])
    if not encoding:
        return content
    try:
        return content.decode(encoding).removeprefix("\ufeff").encode()
    except UnicodeDecodeError:
        raise BadList("it is UTF-16 that is truncated or damaged") from None


def _utf16_without_mark(beginning: bytes) -> str | None:
    """Return how text is encoded whose every other byte is zero, as it is with the letters of domain names."""
    even, odd = beginning[::2], beginning[1::2]
    if len(odd) > 2 and not odd.strip(b"\0") and b"\0" not in even:
        return "utf-16-le"
    return "utf-16-be" if len(even) > 2 and not even.strip(b"\0") and b"\0" not in odd else None


def _kind(file: BinaryIO) -> Kind:
    file.seek(0)
    magic = file.read(4)
    file.seek(0)
    if magic.startswith(b"PK"):
        return "zip"
    return "gz" if magic.startswith(b"\x1f\x8b") else "txt"


def _unpack_gz(packed: BinaryIO, max_bytes: int) -> bytes:
    try:
        with gzip.open(packed) as file:
            return _read_at_most(file, max_bytes)
    except (EOFError, OSError, zlib.error) as error:
        raise BadList(f"the gzip file is truncated or damaged ({error})") from error


def _unpack_zip(packed: BinaryIO, max_bytes: int) -> bytes:
    try:
        with zipfile.ZipFile(packed) as archive, archive.open(_only_member(archive)) as file:
            return _read_at_most(file, max_bytes)
    except BadList:
        raise
    except Exception as error:  # zipfile lets through what its codecs raise: LZMAError, OSError, UnicodeDecodeError
        raise BadList(f"the zip file is truncated or damaged ({error})") from error


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if not member.is_dir() and not _is_of_system(member.filename)]
    if len(members) != 1:
        names = ", ".join(repr(member.filename[:60]) for member in members[:3]) or "none"
        raise BadList(f"the zip file has {len(members)} members ({names}), a list has one")
    member = members[0]
    name = PurePosixPath(member.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in member.filename:
        raise BadList(f"the zip member has an unsafe name ({member.filename[:60]!r})")
    if member.flag_bits & 0x1:
        raise BadList("the zip member is encrypted")
    return member


def _is_of_system(filename: str) -> bool:
    """Tell whether a file manager has put the member into the archive: `__MACOSX/._list.txt`."""
    name = PurePosixPath(filename.replace("\\", "/"))
    return name.parts[:1] == ("__MACOSX",) or name.name.startswith("._") or name.name in OF_A_SYSTEM


def _read_at_most(file: _Readable, max_bytes: int) -> bytes:
    """Read in pieces and stop one byte past the limit, whatever size the archive claims."""
    content = io.BytesIO()
    while piece := file.read(1 << 20):
        content.write(piece)
        if content.tell() > max_bytes:
            raise BadList(
                f"it unpacks to more than {max_bytes >> 20} MiB; raise SQUATWATCH_MAX_LIST_MIB if that is right"
            )
    return content.getvalue()
