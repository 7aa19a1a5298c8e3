"""Tables printed for people, and written as CSV and Markdown."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from squatwatch_ml.evaluation.bench import Table

DECIMALS = 4
REPORT = "report.md"


def text_of(table: Table) -> str:
    """Return a table as Markdown, with its title and its note."""
    return f"## {table.title}\n\n{table.note}\n\n{markdown(table.frame)}\n"


def markdown(frame: pl.DataFrame) -> str:
    """Return a frame as a Markdown table: numbers with at most four decimals, nothing for null."""
    numbers = [name for name, kind in frame.schema.items() if kind.is_numeric()]
    cells = [list(frame.columns), *([_cell(value) for value in row] for row in frame.iter_rows())]
    widths = [max(len(row[at]) for row in cells) for at in range(len(frame.columns))]
    right = [name in numbers for name in frame.columns]
    lines = [
        "| " + " | ".join(_pad(cell, width, to) for cell, width, to in zip(row, widths, right, strict=True)) + " |"
        for row in cells
    ]
    rule = "| " + " | ".join("-" * (width - 1) + (":" if to else "-") for width, to in zip(widths, right, strict=True))
    return "\n".join([lines[0], rule + " |", *lines[1:]])


def write(output: Path, tables: list[Table], heading: str) -> None:
    """Write each table as CSV, and those that are printed as one Markdown file. Raises OSError."""
    output.mkdir(parents=True, exist_ok=True)
    for table in tables:
        table.frame.write_csv(output / f"{table.name}.csv", float_precision=6)
    texts = [text_of(table) for table in tables if not table.listing]
    (output / REPORT).write_text("\n".join([f"# {heading}\n", *texts]), "utf-8")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".") if value else "0"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value).replace("|", "\\|")


def _pad(cell: str, width: int, to_the_right: bool) -> str:
    return cell.rjust(width) if to_the_right else cell.ljust(width)
