"""The analysts' allowlist as a file that the page adds rows to and takes rows from.

It is SQUATWATCH_ALLOWLIST_FILE, else `allowlist.csv` in the data root, which begins as a copy of the seed. Columns and
comments that somebody has added stay, and so does what divides the cells. A change that would leave a file that cannot
be read is not made.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from squatwatch.errors import SquatwatchError
from squatwatch.files.csvfile import Layout, layout
from squatwatch.lake.partitions import atomic, exclusive_file
from squatwatch.lists.allowlist import COLUMNS, WHAT, allowlist_path, own_allowlist, read_allowlist
from squatwatch.settings import Settings

WHO = ("added_by", "added_at")
Entry = dict[str, str]


def add_entries(settings: Settings, entries: Sequence[Entry]) -> None:
    """Append entries, each with values of COLUMNS and WHO. Raises SquatwatchError where the file would be wrong."""
    with _changed(settings) as path:
        file = layout(path, COLUMNS, WHAT)
        header = _header(file)
        missing = [name for name in (*COLUMNS, *WHO) if name not in _names(header)]
        header_line = _line([*header, *missing], file.delimiter)
        before, after = file.written[: file.header_at], file.written[file.header_at + 1 :]
        rows = [
            _line([entry.get(name, "") for name in (*_names(header), *missing)], file.delimiter) for entry in entries
        ]
        _write(path, [*before, header_line, *after, *rows])


def remove_entries(settings: Settings, is_meant: Callable[[Entry], bool]) -> list[Entry]:
    """Remove the entries that are meant and return them. Raises SquatwatchError where the file would be wrong."""
    with _changed(settings) as path:
        file = layout(path, COLUMNS, WHAT)
        removed = {lines: entry for lines, entry in _entries(file) if is_meant(entry)}
        gone = {number for lines in removed for number in lines}
        _write(path, [line for number, line in enumerate(file.written) if number not in gone])
        return list(removed.values())


@contextmanager
def _changed(settings: Settings) -> Iterator[Path]:
    """Give a copy of the list in force to change; it takes the list's place once it can be read."""
    path = own_allowlist(settings)
    with exclusive_file(settings.home / "locks" / "allowlist.lock"):
        current = allowlist_path(settings)
        with atomic(path) as temporary:
            shutil.copyfile(current, temporary)
            yield temporary
            try:
                read_allowlist(temporary)
            except SquatwatchError as error:
                raise SquatwatchError(str(error).replace(str(temporary), str(path))) from None


def _header(file: Layout) -> list[str]:
    return next(csv.reader([file.lines[file.header_at]], delimiter=file.delimiter))


def _names(header: Sequence[str]) -> list[str]:
    return [cell.strip().lower() for cell in header]


def _entries(file: Layout) -> Iterator[tuple[range, Entry]]:
    """Yield each entry with the indices of the lines that it stands on."""
    names, first = _names(_header(file)), file.header_at + 1
    reader = csv.reader(file.lines[first:], delimiter=file.delimiter)
    begins = 0
    for cells in reader:
        lines = range(first + begins, first + reader.line_num)
        begins = reader.line_num
        if any(map(str.strip, cells)):
            yield lines, dict(zip(names, map(str.strip, cells), strict=False))


def _line(cells: Sequence[str], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _write(path: Path, lines: Sequence[str]) -> None:
    ended = "".join(line if line.endswith(("\n", "\r")) else f"{line}\n" for line in lines)
    path.write_bytes(ended.encode())
