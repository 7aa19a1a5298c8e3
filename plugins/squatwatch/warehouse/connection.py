"""The analysts' door: read-only connections to `warehouse.duckdb`, which `squatwatch publish` makes.

Any DuckDB client opens the file as it is. The connections here are for shared use: they reach the published files and
nothing else on the machine, and their settings are locked.
"""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import polars as pl

from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import PUBLISHED_FOLDER

WAREHOUSE_FILE = "warehouse.duckdb"
VIEW_OVER_FILES = "select sql from duckdb_views() where not internal and contains(sql, 'read_parquet(') limit 1"


def warehouse_path(home: Path) -> Path:
    """Return the file of the data root's warehouse, which need not be there."""
    return home / WAREHOUSE_FILE


def connect(home: Path, may_write: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection that reaches the published files and nothing else, whatever SQL it is given.

    For SQL that someone else wrote take `ask`, which refuses to write there too. `may_write` is one more file.

    Raises SquatwatchError where nothing was published yet, the file is damaged, or it was published in another place.
    """
    path = warehouse_path(home)
    if not path.is_file():
        raise SquatwatchError(f"there is no {path}; run: squatwatch publish (or squatwatch run --date YYYY-MM-DD)")
    folder = str(home / PUBLISHED_FOLDER)
    try:
        connection = open_read_only(path, (folder, glob.escape(folder)), may_write)  # views name files by patterns
    except duckdb.Error as error:
        problem = str(error).splitlines()[0]
        raise SquatwatchError(f"{path} cannot be opened ({problem}); run: squatwatch publish") from error
    _demand_made_here(connection, path, glob.escape(folder))
    return connection


def _demand_made_here(connection: duckdb.DuckDBPyConnection, path: Path, folder: str) -> None:
    """Raise where the warehouse was made elsewhere: views name files by absolute paths, for clients anywhere.

    Raises SquatwatchError where the data root was moved, copied or mounted elsewhere since: its views would read the
    old place, or nothing.
    """
    views = connection.execute(VIEW_OVER_FILES).fetchall()
    if views and literal(folder + "/")[1:-1] not in views[0][0]:
        raise SquatwatchError(
            f"{path} was published in another place, and its views name the files there; run: squatwatch publish"
        )


def open_read_only(
    path: Path, readable: Sequence[str] = (), may_write: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """Return a connection of its own to the file, which reaches the `readable` folders and nothing else.

    Opened, it would share its state with all connections of the process to the file: settings that somebody locked,
    and the old file where another has been renamed over it. Raises duckdb.Error where it is none.
    """
    return _attached(path, "read_only", readable, may_write)


def open_to_change(path: Path, readable: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """Return the same for a file that is to be changed."""
    return _attached(path, "read_write", readable, None)


def _attached(path: Path, mode: str, readable: Sequence[str], may_write: Path | None) -> duckdb.DuckDBPyConnection:
    """Attach the file to a connection and lock that down, before anything of the file is run or bound."""
    connection = duckdb.connect()
    try:
        connection.execute("set autoinstall_known_extensions = false")
        connection.execute("set autoload_known_extensions = false")
        connection.execute(f"attach {literal(str(path))} as warehouse ({mode}, type duckdb)")
        connection.execute("use warehouse")
        connection.execute(f"set allowed_directories = [{', '.join(map(literal, readable))}]")
        if may_write:
            connection.execute(f"set allowed_paths = [{literal(str(may_write))}]")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
    except duckdb.Error:
        connection.close()
        raise
    return connection


def ask(
    home: Path,
    sql: str,
    parameters: Sequence[object] = (),
    frames: Mapping[str, pl.DataFrame] = MappingProxyType({}),
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return column names and rows of one SELECT, parameters bound; `frames` are tables beside the warehouse's.

    Anything else is refused, COPY above all: a connection may write below the folders that it may read.
    Raises SquatwatchError with DuckDB's own words where the statement fails.
    """
    with connect(home) as connection:
        for name, frame in frames.items():
            connection.register(name, frame)
        try:
            result = connection.execute(one_select(connection, sql), list(parameters))
            return [column[0] for column in result.description or []], result.fetchall()
        except duckdb.Error as error:
            raise SquatwatchError(f"the query failed: {error}") from error


def one_select(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """Return the statement, if it is one SELECT.

    Raises SquatwatchError for anything else, duckdb.Error for bad syntax.
    """
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise SquatwatchError("the warehouse answers one SELECT (or FROM, DESCRIBE, SUMMARIZE) at a time")
    return statements[0].query.strip().rstrip(";")


def literal(text: str) -> str:
    """Return an SQL string literal, for settings, views and comments, which take no bound parameter."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a name of a table, view or column as SQL takes it, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'
