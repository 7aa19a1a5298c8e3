"""CSV files that people write: read as spreadsheets save them, and complained about by line, all lines at once."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from squatwatch.errors import SquatwatchError
from squatwatch.files.encoding import EncodingUnknown, decoded
from squatwatch.files.table import DELIMITERS

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, .ods and other zips; .xls
MOST_PROBLEMS = 20  # told in full in one message

T = TypeVar("T")


class WrongRow(ValueError):
    """A row cannot be used; the message says why, in words that fit behind `line 3: `."""


class Cells(dict[str, str]):
    """Stripped text by column. Asking for one before which the row ends raises WrongRow."""

    def __missing__(self, column: str) -> str:
        raise WrongRow(f"the row ends before its {column}")


class CsvRow(NamedTuple):
    """A row, and the number of the line that it ends on."""

    line_number: int
    values: Cells


class Layout(NamedTuple):
    """A CSV file's `written` lines, the `lines` with comments emptied, the header's index, and what divides cells."""

    written: list[str]
    lines: list[str]
    header_at: int
    delimiter: str


def read_csv(path: Path, columns: Sequence[str], what: str, optional: Sequence[str] = ()) -> list[CsvRow]:
    """Return the rows of a CSV file; blank lines and comments (`#`) are skipped, other columns ignored.

    Commas, semicolons, tabs and bars divide; UTF-8, UTF-16 and Excel's code pages are read (see `encoding`); capitals
    in the header do not matter. A value of an `optional` column is "" where the file or the row does not have it.

    Raises SquatwatchError naming the file (`what` it is), and the line where there is one, if it is missing, in
    another encoding, not CSV, or without one of `columns`.
    """
    _, lines, at, delimiter = layout(path, columns, what)
    reader = csv.reader(lines[at:], delimiter=delimiter)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        positions = {name: header.index(name) for name in (*columns, *optional) if name in header}
        return [
            CsvRow(at + reader.line_num, Cells(dict.fromkeys(optional, "") | _values(cells, positions)))
            for cells in reader
            if any(map(str.strip, cells))
        ]
    except csv.Error as error:
        raise complaint(path, what, at + reader.line_num, f"it is not CSV: {error}") from None


def layout(path: Path, columns: Sequence[str], what: str) -> Layout:
    """Return how the file is written, for a program that changes rows of it.

    Raises SquatwatchError as `read_csv` does.
    """
    written = _read_text(path, what).splitlines(keepends=True)
    lines = list(_without_comments(written))
    return Layout(written, lines, *_header(lines, columns, path, what))


def read_rows(path: Path, what: str, rows: Iterable[CsvRow], read: Callable[[CsvRow], T]) -> list[T]:
    """Return what `read` makes of each row.

    Raises SquatwatchError with the problem of every row for which `read` raises WrongRow, not only of the first.
    """
    good: list[T] = []
    problems: list[tuple[int, str]] = []
    for row in rows:
        try:
            good.append(read(row))
        except WrongRow as problem:
            problems.append((row.line_number, str(problem)))
    if problems:
        raise _complaint(path, what, problems)
    return good


def complaint(path: Path, what: str, line_number: int, problem: str) -> SquatwatchError:
    """Return the error for one line of a file."""
    return _complaint(path, what, [(line_number, problem)])


def shown(value: str) -> str:
    """Return a value for a message: quoted, on one line, not endless."""
    return repr(value if len(value) <= 80 else value[:80] + "…")


def _complaint(path: Path, what: str, problems: Sequence[tuple[int, str]]) -> SquatwatchError:
    complaints = [f"line {number}: {problem}" for number, problem in problems[:MOST_PROBLEMS]]
    if more := [str(number) for number, _ in problems[MOST_PROBLEMS:]]:
        complaints.append(f"and {len(more)} more, of which nothing is right either: lines {', '.join(more[:100])}")
    number = f" has {len(problems)} wrong lines:" if len(problems) > 1 else ","
    return SquatwatchError(f"the {what} {path}{number} {'; '.join(complaints)}")


def _read_text(path: Path, what: str) -> str:
    try:
        content = path.read_bytes()
        if content.startswith(WORKBOOKS):
            raise SquatwatchError(
                f"the {what} {path} is an Excel workbook or a zip; save it as CSV (in Excel: CSV UTF-8)"
            )
        return decoded(content)
    except OSError as error:
        raise SquatwatchError(f"the {what} {path} cannot be read: {error.strerror}") from None
    except EncodingUnknown as problem:
        raise complaint(path, what, problem.line_number, f"{problem}; save it as UTF-8 (in Excel: CSV UTF-8)") from None


def _without_comments(lines: Iterable[str]) -> Iterator[str]:
    """Return the lines with those that begin with `#` or say `sep=;` emptied, so that the numbers stay right."""
    is_quoted = False  # within a cell that goes on over lines, a # is text
    for line in lines:
        if not is_quoted and (line.lstrip().startswith("#") or line.strip().lower().startswith("sep=")):
            yield "\n"
            continue
        is_quoted ^= line.count('"') % 2 == 1
        yield line


def _header(lines: Sequence[str], columns: Sequence[str], path: Path, what: str) -> tuple[int, str]:
    """Return the index of the first line that is not empty, which is the header, and what divides its columns."""
    at = next((at for at, line in enumerate(lines) if line.strip()), 0)
    line = lines[at] if lines else ""
    names = {delimiter: _names(line, delimiter) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda candidate: sum(column in names[candidate] for column in columns))
    missing = [column for column in columns if column not in names[delimiter]]
    if missing:
        problem = f"no column {' or '.join(missing)}; the first line has to be {','.join(columns)}"
        raise complaint(path, what, at + 1, problem)
    return at, delimiter


def _names(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip().lower() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _values(cells: list[str], positions: dict[str, int]) -> dict[str, str]:
    return {column: cells[at].strip() for column, at in positions.items() if at < len(cells)}
