"""Small CSV files that people write: read strictly, and complained about by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from squatwatch.errors import SquatwatchError


class Row(NamedTuple):
    line_number: int
    values: dict[str, str]


def read_csv(path: Path, columns: Sequence[str], what: str, optional: Sequence[str] = ()) -> list[Row]:
    """The rows of a CSV file as stripped text, with their line numbers; blank lines are skipped, other columns ignored.

    A value of an `optional` column is "" where the file or the row does not have it.

    A byte order mark and capitals in the header are tolerated. Raises SquatwatchError naming the file, and the line
    where there is one, if it is missing, not UTF-8, not CSV, without one of `columns`, or a row ends early.
    """
    text = _read_text(path, what)
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        positions = _positions(next(reader, []), columns, optional, path, what)
        rows = [Row(reader.line_num, _values(cells, positions)) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise complaint(path, what, reader.line_num, f"it is not CSV: {error}") from None
    for row in rows:
        for column in columns:
            if column not in row.values:
                raise complaint(path, what, row.line_number, f"the row ends before its {column}")
        for column in optional:
            row.values.setdefault(column, "")
    return rows


def complaint(path: Path, what: str, line_number: int, problem: str) -> SquatwatchError:
    return SquatwatchError(f"the {what} {path}, line {line_number}: {problem}")


def shown(value: str) -> str:
    """A value in a message: quoted, on one line, not endless."""
    return repr(value if len(value) <= 80 else value[:80] + "…")


def _read_text(path: Path, what: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SquatwatchError(f"the {what} {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line_number = path.read_bytes()[: error.start].count(b"\n") + 1
        raise complaint(path, what, line_number, "the bytes are not UTF-8; save it as UTF-8") from None


def _positions(
    header: list[str], columns: Sequence[str], optional: Sequence[str], path: Path, what: str
) -> dict[str, int]:
    names = [cell.strip().lower() for cell in header]
    missing = [column for column in columns if column not in names]
    if missing:
        raise complaint(
            path, what, 1, f"no column {' or '.join(missing)}; the first line has to be {','.join(columns)}"
        )
    return {column: names.index(column) for column in (*columns, *optional) if column in names}


def _values(cells: list[str], positions: dict[str, int]) -> dict[str, str]:
    return {column: cells[at].strip() for column, at in positions.items() if at < len(cells)}
