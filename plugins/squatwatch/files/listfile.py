"""Opens a list as a provider sends it: a zip with one member, gzip, or plain text. Never trusts what it says of itself.

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
from typing import BinaryIO, Literal

from squatwatch.errors import BadList

Kind = Literal["zip", "gz", "txt"]

HTML = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|\?xml)", re.IGNORECASE)
UTF16 = (b"\xff\xfe", b"\xfe\xff")


def kind_of(path: Path) -> Kind:
    """What the first bytes say; names and Content-Type headers are often wrong."""
    with path.open("rb") as file:
        magic = file.read(4)
    if magic.startswith(b"PK"):
        return "zip"
    return "gz" if magic.startswith(b"\x1f\x8b") else "txt"


def open_list(path: Path, max_bytes: int) -> bytes:
    """The unpacked bytes of a list.

    Raises BadList where it is truncated, has no member or several, unpacks to more than `max_bytes`,
    is an HTML page, UTF-16, binary, or empty. The message says what is wrong and leaves file and date to the caller.
    """
    opener = {"zip": _open_zip, "gz": _open_gz, "txt": _open_txt}[kind_of(path)]
    content = opener(path, max_bytes)
    if HTML.match(content[:1000]):
        raise BadList("it is an HTML page, not a list")
    if content.startswith(UTF16):
        raise BadList("it is UTF-16; lists are read as UTF-8")
    if b"\0" in content[:1000]:
        raise BadList("it is a binary file; a list is text, or text in a zip or gz file")
    if not content.strip():
        raise BadList("it is empty")
    return content


def _open_txt(path: Path, max_bytes: int) -> bytes:
    with path.open("rb") as file:
        return _read_at_most(file, max_bytes)


def _open_gz(path: Path, max_bytes: int) -> bytes:
    try:
        with gzip.open(path) as file:
            return _read_at_most(file, max_bytes)
    except (EOFError, OSError, zlib.error) as error:
        raise BadList(f"the gzip file is truncated or damaged ({error})") from error


def _open_zip(path: Path, max_bytes: int) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            member = _only_member(archive)
            with archive.open(member) as file:
                return _read_at_most(file, max_bytes)
    except BadList:
        raise
    except Exception as error:  # zipfile lets through what its codecs raise: LZMAError, OSError, UnicodeDecodeError
        raise BadList(f"the zip file is truncated or damaged ({error})") from error


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if not member.is_dir()]
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


def _read_at_most(file: BinaryIO, max_bytes: int) -> bytes:
    """Reads in pieces and stops one byte past the limit, whatever size the archive claims."""
    content = io.BytesIO()
    while piece := file.read(1 << 20):
        content.write(piece)
        if content.tell() > max_bytes:
            raise BadList(
                f"it unpacks to more than {max_bytes >> 20} MiB; raise SQUATWATCH_MAX_LIST_MIB if that is right"
            )
    return content.getvalue()
