"""Export: the rows of a question as CSV, Parquet or JSON lines, written by DuckDB without passing through Python.

CSV is what people open in a spreadsheet: text that it would take for a formula gets an apostrophe before it. Parquet
and JSON lines are for programs and stay as they are. Domains are defanged (`paypal-login[.]com`) only on request.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import duckdb

from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import atomic
from squatwatch.settings import Settings
from squatwatch.warehouse.connection import connect, literal, one_select

DOMAIN_COLUMNS = frozenset({"domain", "domain_unicode", "brand_domain"})
FORMULA = r"^[=+\-@\t\r]"  # OWASP, CSV injection


class ExportFormat(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"
    JSONL = "jsonl"


OPTIONS = {
    ExportFormat.CSV: "format csv, header true",
    ExportFormat.PARQUET: "format parquet, compression zstd",
    ExportFormat.JSONL: "format json, array false",
}


def export(
    settings: Settings,
    sql: str,
    output: Path,
    format: ExportFormat,
    *,
    parameters: Sequence[object] = (),
    defang: bool = False,
) -> int:
    """Writes the rows of one SELECT to `output`, whole or not at all; returns how many they are.

    Raises SquatwatchError for anything but a SELECT, with DuckDB's words where it fails, and where the file cannot be
    written.
    """
    output = output.expanduser().absolute()
    try:
        with atomic(output) as temporary, connect(settings, may_write=temporary) as warehouse:
            statement = one_select(warehouse, sql)
            columns = warehouse.execute(f"describe {statement}", list(parameters)).fetchall()
            selected = ", ".join(_column(name, type_, format, defang) for name, type_, *_ in columns)
            [(count,)] = warehouse.execute(
                f"copy (select {selected} from (\n{statement}\n)) to {literal(str(temporary))} ({OPTIONS[format]})",
                list(parameters),
            ).fetchall()
            return count
    except duckdb.Error as error:
        raise SquatwatchError(f"the export failed: {error}") from error
    except OSError as error:
        raise SquatwatchError(f"{output} cannot be written ({error.strerror}); choose another --output") from error


def _column(name: str, type_: str, format: ExportFormat, defang: bool) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    value = quoted
    if defang and name in DOMAIN_COLUMNS:
        value = f"replace({value}, '.', '[.]')"
    if format is ExportFormat.CSV and type_ == "VARCHAR":
        value = f"case when regexp_matches({value}, '{FORMULA}') then '''' || {value} else {value} end"
    return f"{value} as {quoted}"
