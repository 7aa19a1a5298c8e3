"""A list in columns: which column has the names, and the records, whose cells may hold line breaks."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from squatwatch.files.decorated import COMMENT, is_registrable

DELIMITERS = ",;\t|"
DOMAIN_COLUMNS = ("domain", "domain_name", "domainname", "domain name", "domains", "fqdn", "hostname", "host", "name")
CHANGE_COLUMNS = (
    "reason", "action", "event", "eventtype", "change", "changetype", "operation", "status", "state", "type",
)  # fmt: skip
DROPPED = frozenset({"dropped", "drop", "deleted", "delete", "removed", "remove", "expired"})
ADDED = frozenset({"added", "add", "created", "create", "new", "registered", "+"})
DROPPED_BESIDE_ADDED = DROPPED | {"-", "del"}  # elsewhere: nothing in the cell, and Delaware

LONGEST_LINE = 4000  # bytes; a name has at most 253 characters, the rest of a longer line is nobody's name
LINES_BEFORE_HEADER = 50
SAMPLE = 200  # lines that a list without a header is judged by
FEWEST_NAMES = 0.9  # of the cells of a column of names
MOST_LINES_OF_CELL = 1000

csv.field_size_limit(1 << 24)  # bytes; a record of whois data may be in one cell


@dataclass(frozen=True)
class Columns:
    """The place of the names in a table: delimiter, position, and the position of what happened to them, if it says so.

    `header_at` is the index of the header's line, None where there is no header; `width` is the number of cells;
    `dropped` are the words for a name that was given up.
    """

    delimiter: str
    domain_at: int
    change_at: int | None
    header_at: int | None
    width: int
    dropped: frozenset[str] = DROPPED

    def name_in(self, cells: Sequence[str]) -> str:
        """Return the name of a record, empty where the record ends before it."""
        return cells[self.domain_at] if self.domain_at < len(cells) else ""

    def is_dropped(self, cells: Sequence[str]) -> bool:
        """Tell whether the record is of a name that was given up, which is no registration."""
        at = self.change_at
        return at is not None and at < len(cells) and cells[at].strip().lower() in self.dropped


def columns_of(lines: Sequence[bytes]) -> Columns | None:
    """Return the columns of a list, by its header or by a column that holds nothing but names; None for a plain list.

    Comments and blank lines may stand before the header.
    """
    for at, line in enumerate(lines[:LINES_BEFORE_HEADER]):
        if header := _header(line, at):
            return _with_words(header, lines[at + 1 :])
        if is_registrable(_text(line)):
            break
    return _without_header(lines)


def records(lines: Sequence[bytes], columns: Columns) -> Iterator[tuple[bytes, list[str]]]:
    """Yield each record as received and as cells. A line break within quotes is part of a cell.

    A quote that no later line closes well is a stray one: its line is a record by itself, so that it cannot swallow
    the lines after it.
    """
    at = 0
    while at < len(lines):
        count = _line_count(lines, at, columns) if lines[at].count(b'"') % 2 else 1
        received = lines[at] if count == 1 else b"\n".join(lines[at : at + count])
        yield received, cells_of(received.decode("utf-8", "surrogateescape"), columns.delimiter)
        at += count


def cells_of(text: str, delimiter: str) -> list[str]:
    """Return the cells of one record, however its quotes stand."""
    if '"' not in text and delimiter != " ":
        return text.split(delimiter)
    return next(csv.reader([text.replace("\r", " ")], delimiter=delimiter, skipinitialspace=delimiter == " "), [])


def name_of(cell: str) -> str:
    """Return a header's name in small letters, without the marks of a comment before it."""
    return re.sub(r"^[#!\s]+", "", cell.strip().strip('"').lower()).strip()


def _header(line: bytes, at: int) -> Columns | None:
    for delimiter in DELIMITERS:
        names = [name_of(cell) for cell in cells_of(_text(line), delimiter)]
        if len(names) == 1 and COMMENT.match(_text(line)):  # a comment of one word is no header
            continue
        for column in DOMAIN_COLUMNS:
            if column in names:
                joined = [name.replace("_", "").replace(" ", "") for name in names]
                change = next((joined.index(name) for name in CHANGE_COLUMNS if name in joined), None)
                return Columns(delimiter, names.index(column), change, at, len(names))
    return None


def _without_header(lines: Sequence[bytes]) -> Columns | None:
    """Return the columns of a table that begins with its data, known by a column of registrable names.

    Names of name servers may stand in another column: those are below a registrable name, or stand there often.
    """
    texts = (_text(line) for line in lines[: 2 * SAMPLE])
    sample = list(islice((text for text in texts if text.strip() and not COMMENT.match(text)), SAMPLE))
    if not sample or (is_registrable(sample[0]) and not re.search(r"[,;\t|]\s*$", sample[0])):
        return None
    for delimiter in (*DELIMITERS, " "):
        rows = [cells_of(text, delimiter) for text in sample]
        width = len(rows[0])
        columns = (
            [[row[at].strip() if at < len(row) else "" for row in rows] for at in range(width)] if width > 1 else []
        )
        named = [at for at, cells in enumerate(columns) if _holds_names(cells)]
        if len(rows) == 1 and named != [0]:  # a sentence with a name in it looks like this too
            continue
        if named:
            position = max(named, key=lambda at: (len(set(columns[at])), -at))
            return _with_words(Columns(delimiter, position, _change_column(columns), None, width), lines)
    return None


def _with_words(columns: Columns, lines: Sequence[bytes]) -> Columns:
    """Return the columns with the words that their own column of changes has for a name that was given up."""
    at = columns.change_at
    if at is None:
        return columns
    rows = (cells_of(_text(line), columns.delimiter) for line in lines[: 2 * SAMPLE])
    words = {row[at].strip().lower() for row in rows if at < len(row)}
    return replace(columns, dropped=DROPPED_BESIDE_ADDED) if words & ADDED else columns


def _holds_names(cells: Sequence[str]) -> bool:
    """Tell whether a column has names, odd ones apart; a first cell that is none may be a header nobody knows."""
    return is_registrable(cells[0]) and sum(map(is_registrable, cells)) >= FEWEST_NAMES * len(cells)


def _change_column(columns: Sequence[Sequence[str]]) -> int | None:
    """Return the position of a column that has `dropped` and the like, and few other words."""
    for at, cells in enumerate(columns):
        words = {cell.lower() for cell in cells}
        if words & DROPPED and len(words) <= 8:
            return at
    return None


def _line_count(lines: Sequence[bytes], at: int, columns: Columns) -> int:
    """Return how many lines the record at an unclosed quote takes, 1 where no later line closes it well."""
    for count in range(2, MOST_LINES_OF_CELL + 1):
        if at + count > len(lines):
            return 1
        if lines[at + count - 1].count(b'"') % 2:
            return count if _is_one_record(b"\n".join(lines[at : at + count]), columns) else 1
    return 1


def _is_one_record(received: bytes, columns: Columns) -> bool:
    """Tell whether lines are one record by the letter of RFC 4180, with as many cells as the table has columns."""
    lines = received.decode("utf-8", "surrogateescape").splitlines(keepends=True)
    try:
        rows = list(csv.reader(lines, delimiter=columns.delimiter, strict=True))
    except csv.Error:
        return False
    return len(rows) == 1 and len(rows[0]) == columns.width


def _text(line: bytes) -> str:
    return line[:LONGEST_LINE].decode("utf-8", "surrogateescape")
