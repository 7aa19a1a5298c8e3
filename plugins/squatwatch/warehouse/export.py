"""Export: the rows of a question as CSV, Parquet or JSON lines, written by DuckDB without passing through Python.

CSV is what people open in a spreadsheet: text that it would take for a formula gets an apostrophe before it, and the
file begins with a byte order mark, without which Excel shows paypäl-login.com as paypÃ¤l-login.com. Parquet and JSON
lines are for programs and stay as they are. Domains are defanged (`paypal-login[.]com`) only on request.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import duckdb

from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import atomic
from squatwatch.warehouse.connection import connect, identifier, literal, one_select

DOMAIN_COLUMNS = frozenset({"domain", "domain_unicode", "brand_domain"})
BYTE_ORDER_MARK = "\ufeff"
# OWASP, CSV injection; spreadsheets pass over blanks, and take full-width signs for the narrow ones
BLANKS = " \t\r\n\v\f\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff"
FORMULA_SIGNS = "=+@＝＋－＠-"  # the hyphen last, as a set of a pattern has it
FORMULA = f"^(?:[\t\r\n]|[{BLANKS}]*[{FORMULA_SIGNS}])"


class ExportFormat(StrEnum):
    """Formats in which rows are written."""

    CSV = "csv"
    PARQUET = "parquet"
    JSONL = "jsonl"


OPTIONS = {
    ExportFormat.CSV: "format csv, header true",
    ExportFormat.PARQUET: "format parquet, compression zstd",
    ExportFormat.JSONL: "format json, array false",
}


def export(
    home: Path,
    sql: str,
    output: Path,
    format: ExportFormat,
    *,
    parameters: Sequence[object] = (),
    defang: bool = False,
) -> int:
    """Write the rows of one SELECT to `output`, whole or not at all; return how many they are.

    Raises SquatwatchError for a file in the data root, whose files are squatwatch's own, for anything but a SELECT,
    with DuckDB's words where it fails, and where the file cannot be written.
    """
    output = output.expanduser().absolute()
    _demand_outside(home, output)
    try:
        with atomic(output) as temporary, connect(home, may_write=temporary) as warehouse:
            statement = one_select(warehouse, sql)
            columns = warehouse.execute(f"describe {statement}", list(parameters)).fetchall()
            names = [name for name, *_ in columns]
            if format is ExportFormat.CSV:
                names[0] = BYTE_ORDER_MARK + names[0]  # the first bytes of the header, and so of the file
            selected = ", ".join(
                _value(name, type_, format, defang) + f" as {identifier(title)}"
                for (name, type_, *_), title in zip(columns, names, strict=True)
            )
            rows: list[tuple[int]] = warehouse.execute(
                f"copy (select {selected} from (\n{statement}\n)) to {literal(str(temporary))} ({OPTIONS[format]})",
                list(parameters),
            ).fetchall()
            if format is ExportFormat.CSV:
                _mark_before_quote(temporary)
            return rows[0][0]
    except duckdb.Error as error:
        raise SquatwatchError(f"the export failed: {error}") from error
    except OSError as error:
        raise SquatwatchError(f"{output} cannot be written ({error.strerror}); choose another --output") from error


def _demand_outside(home: Path, output: Path) -> None:
    """Raise where the file would lie in the data root: it could replace verdicts, tables or lists, or be taken for one.

    Raises SquatwatchError.
    """
    if home.resolve() in (output.parent.resolve() / output.name).parents:
        raise SquatwatchError(
            f"{output} lies in the data root {home}, where files are squatwatch's own; choose an --output outside it"
        )


def _value(name: str, type_: str, format: ExportFormat, defang: bool) -> str:
    value = identifier(name)
    if defang and name in DOMAIN_COLUMNS:
        value = f"replace({value}, '.', '[.]')"
    if format is ExportFormat.CSV and type_ == "VARCHAR":
        value = f"case when regexp_matches({value}, '{FORMULA}') then '''' || {value} else {value} end"
    return value


def _mark_before_quote(path: Path) -> None:
    """Swap a quotation mark and the byte order mark behind it: a header that DuckDB had to quote."""
    mark = BYTE_ORDER_MARK.encode()
    with path.open("r+b") as file:
        if file.read(len(mark) + 1) == b'"' + mark:
            file.seek(0)
            file.write(mark + b'"')
