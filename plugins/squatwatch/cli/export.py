"""`squatwatch export`: the rows of a query as a file, for a spreadsheet or a program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from squatwatch.cli.steps import progress, settings_with
from squatwatch.errors import SquatwatchError
from squatwatch.store.door import follow_warehouse
from squatwatch.warehouse.export import ExportFormat
from squatwatch.warehouse.export import export as write


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(export)


def export(
    sql: Annotated[str, typer.Argument(help="What to export: a table, as in `from detections`, or any SELECT.")],
    output: Annotated[
        Path, typer.Option("--output", metavar="FILE", help="Where to, outside the data root; replaced if it is there.")
    ],
    format: Annotated[
        ExportFormat | None, typer.Option("--format", help="[default: by the file's ending .csv, .parquet, .jsonl]")
    ] = None,
    defang: Annotated[
        bool, typer.Option("--defang", help="Write domains so that nobody clicks them: a[.]com.")
    ] = False,
) -> None:
    """Write the rows of a query to a file: CSV that no spreadsheet takes for formulas, Parquet, or JSON lines."""
    chosen = format or _by_ending(output)
    settings = settings_with()
    follow_warehouse(settings)
    count = write(settings.home, sql, output, chosen, defang=defang)
    progress.print(f"{count:,} rows in {output}", soft_wrap=True)


def _by_ending(output: Path) -> ExportFormat:
    try:
        return ExportFormat(output.suffix.removeprefix(".").lower())
    except ValueError:
        raise SquatwatchError(f"{output}: which format? end it in .csv, .parquet or .jsonl, or give --format") from None
