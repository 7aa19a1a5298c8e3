"""A warehouse that was made elsewhere: whether its views are such as publish makes, without running any of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from squatwatch.errors import Damaged
from squatwatch.lake.partitions import PUBLISHED_FOLDER

# `system.main` and the name of the database: a warehouse may have views and macros that are called like DuckDB's own
VIEWS = """
select schema_name, view_name, sql, comment from system.main.duckdb_views() where database_name = 'warehouse'
"""
MACRO = "select function_name from system.main.duckdb_functions() where database_name = 'warehouse' limit 1"
PART = r"[A-Za-z0-9_][A-Za-z0-9_.=+-]*"  # of a path
PUBLISHED_FILE = re.compile(rf"(.*)/{PUBLISHED_FOLDER}/{PART}/{PART}/{PART}", re.DOTALL)
NAME = r'(?:\w+|"(?:[^"]|"")+")'
CREATE_VIEW = re.compile(rf"create view (?:{NAME}\.){{0,2}}{NAME} as (.*)", re.DOTALL | re.IGNORECASE)
WITHOUT_FILES = {"unnest", "range", "generate_series"}
SELECTS = {"SELECT_NODE", "SET_OPERATION_NODE", "CTE_NODE", "RECURSIVE_CTE_NODE"}
OPTIONS = {"hive_partitioning", "hive_types", "union_by_name"}


@dataclass(frozen=True)
class ReceivedView:
    """A view of a warehouse that was made elsewhere: its query, and the published files in it with their places."""

    schema: str
    name: str
    comment: str | None
    query: str
    files: Mapping[str, str]


def received_views(warehouse: duckdb.DuckDBPyConnection) -> list[ReceivedView]:
    """Return the views of the database `warehouse`.

    Raises Damaged unless all of them read its tables and published files and no others, or where it has a macro.
    """
    if macro := warehouse.execute(MACRO).fetchone():
        raise Damaged(f"it has a macro {macro[0]!r}")
    found = []
    for schema, name, sql, comment in warehouse.execute(VIEWS).fetchall():
        statement = CREATE_VIEW.fullmatch(sql)
        if not statement:
            raise Damaged(f"its view {name!r} is not one that publish makes")
        query = statement[1]
        found.append(ReceivedView(schema, name, comment, query, files_of(warehouse, name, query)))
    return found


def files_of(warehouse: duckdb.DuckDBPyConnection, name: str, query: str) -> dict[str, str]:
    """Return the published files that the query of a view reads, each with the place of their folder.

    Raises Damaged where it is not one SELECT over tables and published files.
    """
    nodes: list[dict[str, Any]] = []

    def noted(node: dict[str, Any]) -> dict[str, Any]:
        nodes.append(node)
        return node

    (tree,) = warehouse.execute("select system.main.json_serialize_sql(?)", [query]).fetchone() or ("{}",)
    parsed = json.loads(tree, object_hook=noted)
    if parsed.get("error", True) or len(parsed["statements"]) != 1:
        raise Damaged(f"its view {name!r} is not one SELECT")
    if any(_is_other(node) for node in nodes):
        raise Damaged(f"its view {name!r} reads something else than tables")
    places: dict[str, str] = {}
    for call in (node["function"] for node in nodes if node.get("type") == "TABLE_FUNCTION"):
        if call.get("function_name") in WITHOUT_FILES:
            continue
        for path in _paths(call):
            file = PUBLISHED_FILE.fullmatch(path)
            if not file:
                raise Damaged(f"its view {name!r} reads something else than published files")
            places[path] = file[1]
    return places


def _is_other(node: Mapping[str, Any]) -> bool:
    """Return whether a part of a query is none of a SELECT, or reads what is no table.

    DuckDB takes names of tables that it does not know for those of files.
    """
    type_ = str(node.get("type"))
    if type_ == "BASE_TABLE":
        is_here = node.get("catalog_name") in ("", "warehouse")
        return not is_here or re.fullmatch(r"\w+", node.get("table_name", "")) is None
    return type_ == "SHOW_REF" or (type_.endswith("_NODE") and type_ not in SELECTS)


def _paths(call: dict[str, Any]) -> Sequence[str]:
    """Return what read_parquet is given to read; what no published file can be called where it is not called so."""
    try:
        first, *others = [argument["expression"] for argument in call["arguments"]]
        literals = [argument["expression"]["literal"] for argument in first["arguments"]]
        is_plain = (
            (call["function_name"], first["function_name"]) == ("read_parquet", "list_value")
            and {other["left"]["column_names"][0] for other in others} <= OPTIONS
            and all(literal["kind"] == "STRING" for literal in literals)
        )
        return [literal["text"] for literal in literals] if is_plain else [""]
    except (KeyError, IndexError, TypeError, ValueError):
        return [""]
