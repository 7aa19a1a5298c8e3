"""The lines of a list: one name a line, or the domain column of a CSV file. Every line is kept for the count."""

from __future__ import annotations

import csv

import polars as pl

BOM = b"\xef\xbb\xbf"
DELIMITERS = ",;\t|"
DOMAIN_COLUMNS = ("domain", "domain_name", "domainname", "domain name")
LONGEST_LINE = 4000  # bytes; a name has at most 253 characters, the rest of a longer CSV line is nobody's name


def lines_of(content: bytes) -> pl.DataFrame:
    """One row per line: `line_number` from 1, `received` (the line's bytes), `text` (the name in it).

    `text` is null where the bytes are not UTF-8. Blank lines count; what follows the last line break does not
    if it is empty. A CSV header is recognised by a domain column and is not a line.
    """
    received = content.removeprefix(BOM).split(b"\n")
    if not received[-1]:
        received.pop()
    header = _csv_header(received[0]) if received else None
    if header:
        received = received[1:]
    received = [line.removesuffix(b"\r") for line in received]
    names = [_cell(line, *header) for line in received] if header else received
    return pl.DataFrame(
        {
            "line_number": pl.Series(range(1, len(received) + 1), dtype=pl.Int64),
            "received": pl.Series([line[:LONGEST_LINE] for line in received], dtype=pl.Binary),
            "text": pl.Series([_text(name) for name in names], dtype=pl.String),
        }
    )


def columns_without_domain(first: bytes) -> list[str]:
    """The cells of a line that divides into columns of which none is called domain; empty where it is no such line."""
    parted = [_cells(first, delimiter) for delimiter in DELIMITERS]
    cells = [cell.strip() for cell in max(parted, key=len)]
    return cells if len(cells) > 1 and not _csv_header(first) else []


def _text(name: bytes) -> str | None:
    if len(name) > LONGEST_LINE:  # the cut may fall inside a character; the name is too long in any case
        return name[:LONGEST_LINE].decode("utf-8", "replace")
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _csv_header(first: bytes) -> tuple[str, int] | None:
    """Delimiter and position of the domain column, or None where the first line is no CSV header."""
    for delimiter in DELIMITERS:
        cells = [cell.strip().lower() for cell in _cells(first, delimiter)]
        for column in DOMAIN_COLUMNS:
            if column in cells:
                return delimiter, cells.index(column)
    return None


def _cell(line: bytes, delimiter: str, position: int) -> bytes:
    cells = _cells(line, delimiter)
    return cells[position].encode("utf-8", "surrogateescape") if position < len(cells) else b""


def _cells(line: bytes, delimiter: str) -> list[str]:
    """The cells of one line. Lines are parsed one by one, so that a stray quote cannot swallow the lines after it."""
    text = line[:LONGEST_LINE].decode("utf-8", "surrogateescape").replace("\r", " ")
    return next(csv.reader([text], delimiter=delimiter), [])
