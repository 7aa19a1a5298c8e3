"""Publish: `warehouse.duckdb`, the analysts' door. Views over the partitions, and a comment on every table and column.

It is built beside the old one and swapped in by rename, so nobody who reads ever waits for a writer.
The views read the partitions where they lie: a date that is scored again shows at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

from squatwatch.brands import brands_path, read_brands
from squatwatch.errors import SquatwatchError
from squatwatch.lake import Lake, atomic
from squatwatch.settings import Settings
from squatwatch.tables import TABLES
from squatwatch.views import (
    BRANDS,
    BUDGET_CHECK,
    BUDGET_CHECK_VIEW,
    DETECTIONS_VIEW,
    FIRST_SEEN_ON,
    MODEL_VERSION,
    RUN_DATE,
    Described,
)

FILE_NAME = "warehouse.duckdb"


@dataclass(frozen=True)
class Published:
    path: Path
    view_count: int
    date_count: int

    def __str__(self) -> str:
        return f"{self.path}: {self.view_count} views over {self.date_count} dates"


def warehouse_path(settings: Settings) -> Path:
    return settings.home / FILE_NAME


def publish_warehouse(settings: Settings) -> Published:
    """Rebuilds the warehouse over all partitions there are and swaps it in.

    Raises SquatwatchError where the brand list cannot be read; the old warehouse stays.
    """
    lake = Lake(settings.home)
    present = [
        table for table in catalog(settings) if any(settings.home.glob(f"{table.name}/{table.partition}=*/*.parquet"))
    ]
    with atomic(warehouse_path(settings)) as temporary, duckdb.connect(temporary) as warehouse:
        for table in present:
            warehouse.execute(_view(table, lake))
            _comment(warehouse, "view", table)
        if {"detections", "thresholds"} <= {table.name for table in present}:
            warehouse.execute(BUDGET_CHECK_VIEW.format(partitions=_partitions("detections", "run_date", lake)))
            _comment(warehouse, "view", BUDGET_CHECK)
        _add_brands(warehouse, settings)
    dates = {path.name for path in settings.home.glob("detections/run_date=*")}
    return Published(warehouse_path(settings), len(present), len(dates))


def connect(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A read-only connection that reaches the data root and nothing else, whatever SQL it is given.

    For SQL that someone else wrote take `ask`, which refuses to write there too.

    Raises SquatwatchError where nothing was published yet.
    """
    path = warehouse_path(settings)
    if not path.is_file():
        raise SquatwatchError(f"there is no {path}; run: squatwatch publish (or squatwatch run --date YYYY-MM-DD)")
    connection = duckdb.connect(path, read_only=True)
    connection.execute(f"set allowed_directories = [{_literal(str(settings.home))}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def ask(settings: Settings, sql: str, parameters: Sequence[object] = ()) -> tuple[list[str], list[tuple]]:
    """Column names and rows of one SELECT, parameters bound.

    Anything else is refused, COPY above all: a connection may write below the folders that it may read.
    Raises SquatwatchError with DuckDB's own words where the statement fails.
    """
    with connect(settings) as connection:
        try:
            statements = connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise SquatwatchError("the warehouse answers one SELECT (or FROM, DESCRIBE, SUMMARIZE) at a time")
            result = connection.execute(statements[0], list(parameters))
            return [column[0] for column in result.description or []], result.fetchall()
        except duckdb.Error as error:
            raise SquatwatchError(f"the query failed: {error}") from error


def catalog(settings: Settings) -> Iterator[Described]:
    """Every partitioned table with its comments: those that Python writes, then the marts that dbt writes.

    `detections` comes last, because its view reads `registrations`.
    """
    tables = [
        Described(
            table.name, table.comment, {name: column.comment for name, column in table.columns.items()}, table.partition
        )
        for table in TABLES
    ]
    yield from (table for table in tables if table.name != "detections")
    yield from _marts(settings)
    yield from (table for table in tables if table.name == "detections")


def _marts(settings: Settings) -> Iterator[Described]:
    marts = yaml.safe_load((settings.dbt_project / "models" / "marts" / "_marts.yml").read_text())
    for model in marts["models"]:
        columns = {column["name"]: _one_line(column["description"]) for column in model["columns"]}
        yield Described(model["name"], _one_line(model["description"]), columns)


def _view(table: Described, lake: Lake) -> str:
    partitions = _partitions(table.name, table.partition, lake)
    if table.name == "detections":
        return DETECTIONS_VIEW.format(partitions=partitions)
    return f"create view {table.name} as select {table.partition}, * exclude ({table.partition}) from {partitions}"


def _partitions(table: str, partition: str, lake: Lake) -> str:
    kind = "date" if partition == "run_date" else "varchar"
    files = _literal(lake.glob(table, partition))
    # union_by_name: a date that an earlier release scored lacks the columns that came later
    options = f"hive_partitioning = true, hive_types = {{'{partition}': {kind}}}, union_by_name = true"
    return f"read_parquet({files}, {options})"


def _comment(warehouse: duckdb.DuckDBPyConnection, kind: str, table: Described) -> None:
    columns = {"run_date": RUN_DATE, "first_seen_on": FIRST_SEEN_ON, "model_version": MODEL_VERSION} | table.columns
    warehouse.execute(f"comment on {kind} {table.name} is {_literal(table.comment)}")
    present = warehouse.execute("select column_name from duckdb_columns() where table_name = ?", [table.name])
    for (column,) in present.fetchall():
        warehouse.execute(f'comment on column {table.name}."{column}" is {_literal(columns[column])}')


def _add_brands(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    brands = read_brands(brands_path(settings))
    warehouse.execute("create table brands (brand varchar, brand_domain varchar)")
    warehouse.executemany("insert into brands values (?, ?)", brands.select("brand", "brand_domain").rows())
    _comment(warehouse, "table", BRANDS)


def _literal(text: str) -> str:
    """An SQL string literal, for the few statements that take no bound parameter (views, comments, settings)."""
    return "'" + text.replace("'", "''") + "'"


def _one_line(text: str) -> str:
    return " ".join(text.split())
