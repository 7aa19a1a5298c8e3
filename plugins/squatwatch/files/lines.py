"""The lines of a list, whatever its form: plain or decorated names, a table, JSON. Every line is counted."""

from __future__ import annotations

import re
import string
from typing import BinaryIO

import polars as pl

from squatwatch.errors import BadList
from squatwatch.files.decorated import COMMENT, bare, is_registrable
from squatwatch.files.jsonlist import json_entries
from squatwatch.files.listfile import read_list
from squatwatch.files.table import DELIMITERS, LONGEST_LINE, Columns, cells_of, columns_of, records

BOM = b"\xef\xbb\xbf"
PLAIN = r"^[ \t]*[0-9A-Za-z][0-9A-Za-z.-]*[ \t]*$"
LARGEST_SMALL = 1 << 20  # bytes, unpacked
OF_NAMES = string.ascii_letters.encode() + string.digits.encode() + b"._-\r\n"
LOOKED_AT = 500  # lines at the beginning; more than a header stands behind
SCHEMA = {"line_number": pl.Int64, "received": pl.Binary, "text": pl.String, "reason": pl.String}


def lines_of(content: bytes) -> pl.DataFrame:
    """Return one row per name: `line_number` from 1, `received` (the line's bytes), `text` (the name), `reason`.

    `text` is null where the bytes are not UTF-8. `reason` is null but for what is not meant to be a registration:
    `comment` for a line that is only a comment, `dropped` for a name that the list says was given up. Blank lines
    count; what follows the last line break does not if it is empty; a header is not a line. A line of several names
    (of a hosts file, or of a list that has its names one behind the other) has a row for each. Raises BadList where
    the content is a JSON document without a list of names.
    """
    content = content.removeprefix(BOM)
    if (plain := _of_names_alone(content)) is not None:
        return _bare(plain)
    received = content.split(b"\n" if b"\n" in content else b"\r")  # old Macs end lines with \r
    if not received[-1]:
        received.pop()
    received = [line.removesuffix(b"\r") for line in received]
    if (entries := json_entries(received)) is not None:
        names = [name.encode("utf-8", "replace") for _, name, _ in entries]
        return _bare(_frame([line for line, _, _ in entries], names, [is_dropped for *_, is_dropped in entries]))
    if _are_one_behind_the_other(received):
        received = [name.encode() for line in received for name in _parted(line)]
    elif columns := columns_of(received):
        return _bare(_of_table(received, columns))
    return _bare(_frame(received, received))


def holds_a_name(file: BinaryIO) -> bool:
    """Tell whether an open file, packed or not, is a list with at least one registrable name. For small files."""
    try:
        names = lines_of(read_list(file, LARGEST_SMALL)).drop_nulls("text").filter(pl.col("reason").is_null())
    except BadList:
        return False
    finally:
        file.seek(0, 2)
    return any(map(is_registrable, names["text"]))


def columns_without_domain(first: bytes) -> list[str]:
    """Return the cells of a line that divides into columns of which none has names; empty where it is no such line."""
    parted = [cells_of(first.decode("utf-8", "surrogateescape"), delimiter) for delimiter in DELIMITERS]
    cells = [cell.strip() for cell in max(parted, key=len)]
    return cells if len(cells) > 1 and not columns_of([first]) else []


def _of_names_alone(content: bytes) -> pl.DataFrame | None:
    """Return the lines of a list that has nothing but names; None of any other.

    Most lists are like that, and no line needs to become an object of Python: a tenth of the memory.
    """
    if content.translate(None, OF_NAMES) or b"\n" not in content or columns_of(content.split(b"\n", LOOKED_AT)):
        return None
    lines = pl.Series([content.decode("ascii").removesuffix("\n")]).str.split("\n").explode()
    text = lines.str.strip_suffix("\r").str.head(LONGEST_LINE)
    numbers = pl.int_range(1, len(text) + 1, eager=True)
    return pl.DataFrame({"line_number": numbers, "received": text.cast(pl.Binary), "text": text}).with_columns(
        reason=pl.lit(None, dtype=pl.String)
    )


def _are_one_behind_the_other(lines: list[bytes]) -> bool:
    """Tell whether lines hold several names each, and nothing else: `a.com, b.com c.com`.

    Lines that all have as many are a table, whose other columns are no registrations.
    """
    rows = [parts for line in lines[:50] if (parts := _parted(line)) and not COMMENT.match(parts[0])]
    widths = {len(row) for row in rows}
    if max(widths, default=0) < 2 or (len(rows) > 1 and len(widths) == 1):
        return False
    return all(is_registrable(name) for row in rows for name in row[:50])


def _parted(line: bytes) -> list[str]:
    """Return the parts of a line between commas and blanks; a comment is one part."""
    text = line.decode("utf-8", "replace").strip()
    return [text] if COMMENT.match(text) else [part for part in re.split(r"[,;\s]+", text) if part]


def _of_table(lines: list[bytes], columns: Columns) -> pl.DataFrame:
    """Return the rows of a table. Lines before its header are no records: they stand for themselves."""
    start = 0 if columns.header_at is None else columns.header_at + 1
    before = lines[: max(start - 1, 0)]
    received, names, dropped = list(before), list(before), [False] * len(before)
    for line, cells in records(lines[start:], columns):
        is_comment = line.lstrip()[:1] in (b"#", b"!") and not columns.name_in(cells)
        received.append(line)
        names.append(line if is_comment else columns.name_in(cells).encode("utf-8", "surrogateescape"))
        dropped.append(columns.is_dropped(cells))
    return _frame(received, names, dropped)


def _frame(received: list[bytes], names: list[bytes], dropped: list[bool] | None = None) -> pl.DataFrame:
    is_dropped = dropped or [False] * len(names)
    return pl.DataFrame(
        {
            "line_number": range(1, len(received) + 1),
            "received": [line[:LONGEST_LINE] for line in received],
            "text": [_text(name) for name in names],
            "reason": ["dropped" if flag else None for flag in is_dropped],
        },
        schema=SCHEMA,
    )


def _bare(lines: pl.DataFrame) -> pl.DataFrame:
    """Take the decoration from names that have one. Most lists have none, so plain names are left alone at once."""
    is_plain = pl.col("text").str.contains(PLAIN).fill_null(True)
    decorated = lines.filter(~is_plain)
    if decorated.is_empty():
        return lines
    rows = [
        (number, received, name, "comment" if is_comment else reason)
        for number, received, text, reason in decorated.iter_rows()
        for names, is_comment in [bare(text)]
        for name in names
    ]
    undecorated = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return pl.concat([lines.filter(is_plain), undecorated]).sort("line_number", maintain_order=True)


def _text(name: bytes) -> str | None:
    if len(name) > LONGEST_LINE:  # the cut may fall inside a character; the name is too long in any case
        return name[:LONGEST_LINE].decode("utf-8", "replace")
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return None
