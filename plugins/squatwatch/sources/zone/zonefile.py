"""Zone files of any size, read in little memory: which names directly below the zone's apex are delegated.

Zone files as ICANN's CZDS gives them have one record a line with absolute names, and so many lines that what is done
with each must cost little. One regular expression takes the NS records written like that out of a block of lines, a
name's records together. Every line that it leaves, and the whole block where a line may not mean what it looks like,
is read by `masterfile`. So no line is passed over.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from squatwatch.errors import BadList
from squatwatch.files.listfile import HTML, kind_of
from squatwatch.sources.zone.masterfile import LONGEST_RECORD, MasterFile
from squatwatch.sources.zone.skipped import Skipped

BLOCK = 4 << 20  # bytes; larger ones are no faster
# a block with one of these may have a line that goes on, a comment that looks like a record, or another origin
MARKS = (b";", b"(", b")", b'"', b"\\", b"$")
BLANK_OWNER = re.compile(rb"^[^\S\n]", re.MULTILINE)


def delegated_domains(path: Path, tld: str, max_bytes: int, skipped: Skipped | None = None) -> Iterator[list[str]]:
    """Yield the delegated names of the zone `tld` in lower case, block by block, in the file's order, some repeated.

    Lines that are no records are counted in `skipped`. Raises BadList where they are too many, and where the file is
    truncated, no zone file, or unpacks to more than `max_bytes`.
    """
    apex, skipped = tld.encode(), Skipped() if skipped is None else skipped
    usual, reader = _usual_records(tld), MasterFile(apex, skipped)
    for block in _blocks(path, max_bytes):
        skipped.line_count += block.count(b"\n")
        yield from _as_text(_in_block(block, apex, usual, reader))
    yield from _as_text(reader.close())
    skipped.demand_few()


def _as_text(domains: list[bytes]) -> Iterator[list[str]]:
    """Yield the names as text, if there are any. What is no UTF-8 stays visible and is a reject later."""
    if domains:
        yield b"\n".join(domains).decode("utf-8", "backslashreplace").split("\n")


def _usual_records(tld: str) -> re.Pattern[bytes]:
    r"""Return the pattern of a name's NS record directly below the apex, and of the same name's records right after it.

    Its group is the label, so that `split` gives what is left, a label, what is left, … The parts, from the left:
    a label (no dot, no white space), the apex, a gap, perhaps a TTL and the class in either order's usual spelling,
    NS, and the rest of the line; then, as often as possible, lines that begin with the same label and apex, of
    whatever type (`\1` is the label again). `++` and `*+` never give back what they took, so a line that does not fit
    costs one pass and no more. Letters are written in both cases, because IGNORECASE makes it twice as slow.
    """
    gap = rb"[ \t]++"
    below = rb"\." + b"".join(_either_case(letter) for letter in tld) + rb"\."
    ns_record = below + gap + rb"(?:\d++" + gap + rb")?(?:[iI][nN]" + gap + rb")?[nN][sS][ \t].*\n"
    return re.compile(rb"^([^\s.]++)" + ns_record + rb"(?:\1" + below + rb"[ \t].*\n)*+", re.MULTILINE)


def _either_case(letter: str) -> bytes:
    return f"[{letter}{letter.upper()}]".encode() if letter.isalpha() else re.escape(letter).encode()


def _in_block(block: bytes, apex: bytes, usual: re.Pattern[bytes], reader: MasterFile) -> list[bytes]:
    if reader.is_inside_record or any(mark in block for mark in MARKS):
        return reader.delegated(block)
    pieces = usual.split(block)  # what it left, a label, what it left, …
    left, labels = b"".join(pieces[::2]), pieces[1::2]
    if BLANK_OWNER.search(left):
        return reader.delegated(block)
    domains = reader.delegated(left)
    reader.remember_owner(block.rstrip()[-LONGEST_RECORD:].rpartition(b"\n")[2])
    below = b"." + apex
    return domains + (((below + b"\n").join(labels) + below).lower().split(b"\n") if labels else [])


def _blocks(path: Path, max_bytes: int) -> Iterator[bytes]:
    """Yield the unpacked file in pieces of whole lines."""
    size, begun = 0, b""
    for piece in _pieces(path):
        if not size and HTML.match(piece[:1000]):
            raise BadList("it is an HTML page, not a zone file")
        size += len(piece)
        if size > max_bytes:
            raise BadList(f"it unpacks to more than {max_bytes >> 30} GiB; raise SQUATWATCH_ZONE_MAX_GIB if it should")
        lines, line_break, rest = piece.rpartition(b"\n")
        if line_break:
            yield begun + lines + line_break
            begun = rest
        else:
            begun += rest
        if len(begun) > LONGEST_RECORD:
            raise BadList(f"it has a line of more than {LONGEST_RECORD:,} bytes")
    if begun:
        yield begun + b"\n"


def _pieces(path: Path) -> Iterator[bytes]:
    kind = kind_of(path)
    if kind == "zip":
        raise BadList("it is a zip file; zone files are gzip or plain text")
    try:
        with gzip.open(path) if kind == "gz" else path.open("rb") as file:
            while piece := file.read(BLOCK):
                yield piece
    except (EOFError, OSError, zlib.error) as error:
        raise BadList(f"the zone file is truncated or damaged ({error})") from error
