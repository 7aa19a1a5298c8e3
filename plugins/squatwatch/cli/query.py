"""`squatwatch query` and `squatwatch settings`; rows as a table for people, as CSV or JSON for programs."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from squatwatch.models.registry import general_model
from squatwatch.settings import Settings, read_settings
from squatwatch.store.door import follow_warehouse

WIDE = 220  # columns of a table that is written to a file or a pipe


class Format(StrEnum):
    """Formats in which rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    for command in (query, settings):
        app.command()(command)


def query(
    sql: Annotated[str, typer.Argument(help='For example: "from detections where is_detection limit 20"')],
    format: Annotated[
        Format, typer.Option("--format", help="table for people; csv; json, one object a line.")
    ] = Format.TABLE,
) -> None:
    """Ask the warehouse in SQL, read only; also while a run is writing.

    `show tables` lists the tables, `describe detections` the columns of one; docs/sql.md has questions and answers.
    """
    settings = read_settings()
    follow_warehouse(settings)
    print_query(settings.home, sql, format=format)


def settings() -> None:
    """List every setting, its environment variable, its value now and what it means."""
    current = read_settings()
    current = current.model_copy(update={"model": general_model(current)})
    table = Table("variable", "value", "meaning", box=None, pad_edge=False)
    for name, field in Settings.model_fields.items():
        value = getattr(current, name)
        text = ",".join(value) if isinstance(value, list) else "" if value is None else str(value)
        table.add_row(f"SQUATWATCH_{name.upper()}", Text(text), Text(field.description or ""))
    console().print(table)


def print_query(home: Path, sql: str, parameters: Sequence[object] = (), format: Format = Format.TABLE) -> None:
    """Print the rows of one SELECT. Raises SquatwatchError for a query that fails."""
    from squatwatch.warehouse.connection import ask

    print_rows(*ask(home, sql, parameters), format)


def print_rows(names: Sequence[str], rows: Sequence[tuple[Any, ...]], format: Format = Format.TABLE) -> None:
    """Print rows for people or for programs."""
    {Format.TABLE: print_table, Format.CSV: _print_csv, Format.JSON: _print_json}[format](names, rows)


def print_table(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Print rows as a table for people, with the number of rows below."""
    table = Table(*names)
    for row in rows:
        table.add_row(*(Text(_shown(value), overflow="fold") for value in row))
    screen = console()
    screen.print(table)
    screen.print(f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'}")


def _print_csv(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_guarded(value) for value in row] for row in rows)


def _print_json(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    for row in rows:
        print(json.dumps(dict(zip(names, row, strict=True)), default=str))


def _shown(value: Any) -> str:
    """Return a value as text; characters that would move a terminal's cursor or reverse its writing are escaped."""
    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


def _guarded(value: Any) -> str:
    """Return a value as text that no spreadsheet takes for a formula: an apostrophe before it. Numbers stay numbers."""
    from squatwatch.warehouse.export import FORMULA

    cell = _shown(value)
    return "'" + cell if isinstance(value, str | list) and re.match(rf"{FORMULA}|\\", cell) else cell


def console() -> Console:
    """Return the console for tables on standard output, wide where that is a file or a pipe."""
    return Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
