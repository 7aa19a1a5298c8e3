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

FILE_NAME = "warehouse.duckdb"

RUN_DATE = "The day whose list of newly registered domains was examined."
FIRST_SEEN_ON = "First run date, of all dates loaded, on which any source listed the domain."
BRANDS = {"brand": "Name of the brand, lower case.", "brand_domain": "A domain that the brand owns."}

DETECTIONS_VIEW = """
create view detections as
with scored as (select * from {partitions}),
first_seen as (
    select domain, min(run_date) as first_seen_on
    from registrations
    where domain in (select domain from scored)
    group by domain
)
select
    run_date, detection_id, domain, domain_unicode, brand, score, threshold, is_detection, technique, matched_text,
    first_seen_on, sources, allowlist_reason, model_version, scored_at, device
from scored
left join first_seen using (domain)
"""


@dataclass(frozen=True)
class Described:
    """A table as analysts see it: what it holds and what each column means."""

    name: str
    comment: str
    columns: dict[str, str]


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
    present = [table for table in catalog(settings) if any(settings.home.glob(f"{table.name}/run_date=*/*.parquet"))]
    with atomic(warehouse_path(settings)) as temporary, duckdb.connect(temporary) as warehouse:
        for table in present:
            warehouse.execute(_view(table, lake))
            _comment(warehouse, "view", table)
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
        Described(table.name, table.comment, {name: column.comment for name, column in table.columns.items()})
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
    partitions = (
        f"read_parquet({_literal(lake.glob(table.name))}, hive_partitioning = true, hive_types = {{'run_date': date}})"
    )
    if table.name == "detections":
        return DETECTIONS_VIEW.format(partitions=partitions)
    return f"create view {table.name} as select run_date, * exclude (run_date) from {partitions}"


def _comment(warehouse: duckdb.DuckDBPyConnection, kind: str, table: Described) -> None:
    columns = {"run_date": RUN_DATE, "first_seen_on": FIRST_SEEN_ON} | table.columns
    warehouse.execute(f"comment on {kind} {table.name} is {_literal(table.comment)}")
    present = warehouse.execute("select column_name from duckdb_columns() where table_name = ?", [table.name])
    for (column,) in present.fetchall():
        warehouse.execute(f'comment on column {table.name}."{column}" is {_literal(columns[column])}')


def _add_brands(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    brands = read_brands(brands_path(settings))
    warehouse.execute("create table brands (brand varchar, brand_domain varchar)")
    warehouse.executemany("insert into brands values (?, ?)", brands.select("brand", "brand_domain").rows())
    _comment(
        warehouse, "table", Described("brands", "The brands looked for. One row per brand and owned domain.", BRANDS)
    )


def _literal(text: str) -> str:
    """An SQL string literal, for the few statements that take no bound parameter (views, comments, settings)."""
    return "'" + text.replace("'", "''") + "'"


def _one_line(text: str) -> str:
    return " ".join(text.split())
