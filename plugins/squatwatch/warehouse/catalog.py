"""The partitioned tables as views: the SQL of each, and a comment on every table and column.

A view has the table's columns, as they are now, whatever release wrote a file: what a file lacks is null, what it has
besides is left out, and former names and values are replaced. A table without files is an empty view, so that no
question fails because nothing happened yet.
"""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from squatwatch.lake.tables import PARTITIONED_BY, REGISTRY, Column, Table
from squatwatch.warehouse.connection import literal

# where the views lie that a warehouse model of the same name extends
EXTENDED_SCHEMA = "scored"

SQL_TYPES = {
    pl.String: "varchar",
    pl.Int32: "integer",
    pl.Int64: "bigint",
    pl.Float64: "double",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Datetime("us", "UTC"): "timestamp with time zone",
    pl.List(pl.String): "varchar[]",
}


@dataclass(frozen=True)
class TableView:
    """A partitioned table as analysts see it: its columns (name: SQL type) without the partition; what they mean."""

    name: str
    comment: str
    types: Mapping[str, str]
    comments: Mapping[str, str]
    partition: str = "run_date"
    schema: str = "main"
    renamed: Mapping[str, Column] = field(default_factory=dict)  # those for which files may have former names or values

    @property
    def qualified_name(self) -> str:
        """Schema and name of the table."""
        return f"{self.schema}.{self.name}"


def views(dbt_project: Path) -> list[TableView]:
    """Return every partitioned table: those that Python writes, and the marts that dbt writes."""
    marts = _marts(dbt_project)
    return [marts[table.name] if table.is_described_by_dbt else of_python(table) for table in REGISTRY.partitioned()]


def view_of(table: TableView, paths: Sequence[str]) -> str:
    """Return the statement that creates the view over the files."""
    return f"create view {table.qualified_name} as {select_of(table, paths)}"


def select_of(table: TableView, paths: Sequence[str]) -> str:
    """Return the query of the table's columns, as they are now, of the files; no rows where there are none."""
    types = {table.partition: _partition_type(table)} | dict(table.types)
    if not paths:
        return f"select {_nulls(types)} where false"
    former = {column.former_name: types[name] for name, column in table.renamed.items() if column.former_name}
    files = ", ".join(literal(glob.escape(path)) for path in paths)
    read = (
        f"read_parquet([{files}], hive_partitioning = true, "
        f"hive_types = {{'{table.partition}': {_partition_type(table)}}}, union_by_name = true)"
    )
    columns = ", ".join(_column(name, table.renamed.get(name)) for name in types)
    return f"select {columns} from (select {_nulls(types | former)} where false union all by name from {read})"


def _nulls(types: Mapping[str, str]) -> str:
    return ", ".join(f'null::{type_} as "{name}"' for name, type_ in types.items())


def _column(name: str, renamed: Column | None) -> str:
    """Return the column with the name and the values of today."""
    if renamed is None:
        return f'"{name}"'
    written = f'coalesce("{name}", "{renamed.former_name}")' if renamed.former_name else f'"{name}"'
    if not renamed.former_values:
        return f'{written} as "{name}"'
    cases = " ".join(f"when {literal(was)} then {literal(now)}" for was, now in renamed.former_values.items())
    return f'case {written} {cases} else {written} end as "{name}"'


def comment_on(
    warehouse: duckdb.DuckDBPyConnection, kind: str, name: str, comment: str, columns: Mapping[str, str]
) -> None:
    """Comment on a table or view and on its columns."""
    warehouse.execute(f"comment on {kind} {name} is {literal(comment)}")
    for column, meaning in columns.items():
        warehouse.execute(f'comment on column {name}."{column}" is {literal(meaning)}')


def sql_type(type_: pl.DataType | type[pl.DataType]) -> str:
    """Return the SQL name of a column's type in `squatwatch.lake.tables`. Raises KeyError for one that has none."""
    return SQL_TYPES[type_]


def of_python(table: Table) -> TableView:
    """Return the view of a table of `squatwatch.lake.tables` that is partitioned."""
    assert table.partition
    return TableView(
        table.name,
        table.comment,
        {name: sql_type(column.type) for name, column in table.columns.items()},
        _with_partition(table.partition, table.column_comments),
        table.partition,
        EXTENDED_SCHEMA if table.is_extended else "main",
        table.renamed_columns,
    )


def _marts(dbt_project: Path) -> dict[str, TableView]:
    """Return the marts of the dbt project by name, each described in the file beside its model."""
    files = sorted((dbt_project / "models" / "marts").glob("*.yml"))
    models = [model for file in files for model in _models(file.read_text("utf-8"))]
    return {model["name"]: _of_mart(model) for model in models}


@cache
def _models(text: str) -> list[dict[str, Any]]:
    """Return what a file describes; read by C where it can be, and once, as each publish asks again."""
    models: list[dict[str, Any]] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["models"]
    return models


def _of_mart(model: Mapping[str, Any]) -> TableView:
    columns = [column for column in model["columns"] if column["name"] != "run_date"]
    types = {column["name"]: column["data_type"] for column in columns}
    comments = {column["name"]: " ".join(column["description"].split()) for column in columns}
    comment = " ".join(model["description"].split())
    return TableView(model["name"], comment, types, _with_partition("run_date", comments))


def _with_partition(partition: str, comments: Mapping[str, str]) -> dict[str, str]:
    return {partition: PARTITIONED_BY[partition].comment, **comments}


def _partition_type(table: TableView) -> str:
    return sql_type(PARTITIONED_BY[table.partition].type)
