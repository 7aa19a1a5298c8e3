"""The new warehouse before dbt builds its marts: views over the published files, and the tables that only it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from squatwatch.lake.tables import REGISTRY, Table
from squatwatch.publish.snapshot import PublishedFile
from squatwatch.warehouse.catalog import EXTENDED_SCHEMA, TableView, comment_on, view_of


def fill(
    warehouse: duckdb.DuckDBPyConnection,
    home: Path,
    views: Sequence[TableView],
    files: Sequence[PublishedFile],
    rows: Mapping[str, pl.DataFrame],
) -> None:
    """Create the views and the tables, each with its comments.

    `rows` has by name what the tables hold that only the warehouse has; one that is not in it is empty. Raises
    ValueError where a name is no such table.
    """
    tables = {table.name: table for table in REGISTRY.of_warehouse()}
    if unknown := rows.keys() - tables.keys():
        raise ValueError(f"not registered as tables of the warehouse: {', '.join(sorted(unknown))}")
    warehouse.begin()  # one transaction, because each waits for the disk
    warehouse.execute(f"create schema {EXTENDED_SCHEMA}")
    for view in views:
        paths = [str(home / file.path) for file in files if file.table == view.name and not file.retired_at]
        warehouse.execute(view_of(view, paths))
        comment_on(warehouse, "view", view.qualified_name, view.comment, view.comments)
    for name, table in tables.items():
        _create(warehouse, table, rows.get(name, pl.DataFrame(schema=table.schema)))
    warehouse.commit()


def _create(warehouse: duckdb.DuckDBPyConnection, table: Table, rows: pl.DataFrame) -> None:
    warehouse.register("rows", table.conform(rows).to_arrow())
    warehouse.execute(f"create table {table.name} as from rows")
    warehouse.unregister("rows")
    comment_on(warehouse, "table", table.name, table.comment, table.column_comments)
