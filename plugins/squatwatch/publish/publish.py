"""Publish: `warehouse.duckdb`, with views over the published files and the marts that dbt builds on them.

It is built in a folder of its own and swapped in by rename, so nobody who reads ever waits for a writer, and all that
is new in all tables shows at one moment. A reader keeps the file that it opened.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from squatwatch.alerts.outbox import read_alerts
from squatwatch.dbt_runner.build import dbt_build
from squatwatch.dbt_runner.folder import build_folder
from squatwatch.enrichment.store import read_enrichment
from squatwatch.feed_health.judge_again import judge_again
from squatwatch.labels.store import read_labels
from squatwatch.lake.partitions import exclusive_file, room_for
from squatwatch.lake.tables import ALERTS, BRANDS, DATES, ENRICHMENT, LABELS, PUBLISHED_FILES, SIGHTINGS, Table
from squatwatch.lists.brands import read_brands, read_budgets
from squatwatch.lists.brands_in_force import brands_path
from squatwatch.publish.sightings import SCHEMA as SIGHTINGS_SCHEMA
from squatwatch.publish.sightings import update_sightings
from squatwatch.publish.snapshot import PublishedFile, sweep, take_snapshot
from squatwatch.settings import Settings
from squatwatch.state.commands import next_command
from squatwatch.state.status import DateStatus, statuses_of
from squatwatch.warehouse.catalog import TableView, comment_on, view_of, views
from squatwatch.warehouse.connection import FILE_NAME, open_read_only, warehouse_path

MOST_TOLD = 5  # lines of a kind


@dataclass(frozen=True)
class Published:
    """What a publish did; `told` are things that somebody should look at."""

    path: Path
    date_count: int
    changed: Sequence[date]
    told: Sequence[str]

    def __str__(self) -> str:
        return "; ".join(
            [f"{self.path}: {self.date_count} dates, {len(self.changed)} of them new or changed", *self.told]
        )


def publish_warehouse(settings: Settings, model_version: str) -> Published:
    """Rebuilds the warehouse over all dates that are whole and swaps it in. `model_version` is the one in force.

    A date that is being run, was interrupted or is damaged stays as it was published, and is told.
    Raises SquatwatchError where the brand list cannot be read or a model or test of dbt's fails, DiskFull where there
    is no room; the old one stays.
    """
    with exclusive_file(settings.home / "locks" / "publish.lock"), room_for(warehouse_path(settings)):
        before = _before(settings)
        tables = views(settings)
        judged_again = judge_again(settings, _as_loaded(before["published_files"]))
        snapshot = take_snapshot(
            settings.home, {table.name: table.partition for table in tables}, _rows_as_files(before["published_files"])
        )
        files = sweep(settings.home, snapshot.files)
        sightings = _sightings(settings, before, files, snapshot.changed)
        statuses = statuses_of(settings, model_version)
        with build_folder(settings, "publish", "warehouse") as folder:
            with duckdb.connect(folder / FILE_NAME) as warehouse:
                _fill(warehouse, settings, tables, files, sightings, statuses)
            warnings = _build_marts(settings, folder)
            os.replace(folder / FILE_NAME, _synced(folder, warehouse_path(settings)))
    return Published(
        warehouse_path(settings),
        date_count=len(_dates_in(files)),
        changed=sorted(snapshot.changed),
        told=[
            *_some(judged_again, "health --date DATE"),
            *_held_back(snapshot.held_back),
            *_to_refresh(settings, statuses),
            *warnings,
        ],
    )


def _before(settings: Settings) -> dict[str, pl.DataFrame]:
    """What the last publish left for this one; nothing where there was none, or an earlier release made it."""
    try:
        with open_read_only(warehouse_path(settings)) as warehouse:
            return {
                table.name: table.conform(warehouse.sql(f"from {table.name}").pl())
                for table in (PUBLISHED_FILES, SIGHTINGS)
            }
    except (duckdb.Error, pl.exceptions.PolarsError):
        return {table.name: pl.DataFrame(schema=table.schema) for table in (PUBLISHED_FILES, SIGHTINGS)}


def _as_loaded(files: pl.DataFrame) -> dict[date, int]:
    """By date, when the registrations were written that the last publish has seen."""
    seen = files.filter((pl.col("table") == "registrations") & pl.col("retired_at").is_null())
    return {
        _date_of(partition): modified for partition, modified in seen.select("partition", "modified_ns").iter_rows()
    }


def _rows_as_files(rows: pl.DataFrame) -> list[PublishedFile]:
    return [PublishedFile(**row) for row in rows.iter_rows(named=True)]


def _sightings(
    settings: Settings, before: Mapping[str, pl.DataFrame], files: Sequence[PublishedFile], changed: frozenset[date]
) -> pl.DataFrame:
    paths: dict[str, dict[date, Path]] = {"registrations": {}, "detections": {}}
    for file in files:
        if file.table in paths and file.retired_at is None:
            paths[file.table][_date_of(file.partition)] = settings.home / file.path
    return update_sightings(settings.home, before["sightings"].cast(SIGHTINGS_SCHEMA), changed, **paths)


def _fill(
    warehouse: duckdb.DuckDBPyConnection,
    settings: Settings,
    tables: Sequence[TableView],
    files: Sequence[PublishedFile],
    sightings: pl.DataFrame,
    statuses: Sequence[DateStatus],
) -> None:
    """The views over the files, and the small tables, each with its comments."""
    warehouse.execute("create schema verdicts")
    for table in tables:
        paths = [str(settings.home / file.path) for file in files if file.table == table.name and not file.retired_at]
        warehouse.execute(view_of(table, paths))
        comment_on(warehouse, "view", table.qualified_name, table.comment, table.comments)
    published = _dates_in(files)
    _create(warehouse, BRANDS, _brands(settings))
    _create(warehouse, LABELS, read_labels(settings))
    _create(warehouse, ALERTS, read_alerts(settings))
    _create(warehouse, ENRICHMENT, read_enrichment(settings))
    _create(warehouse, SIGHTINGS, sightings)
    _create(warehouse, DATES, pl.DataFrame([_date_row(each, published) for each in statuses], schema=DATES.schema))
    _create(warehouse, PUBLISHED_FILES, pl.DataFrame([asdict(file) for file in files], schema=PUBLISHED_FILES.schema))


def _create(warehouse: duckdb.DuckDBPyConnection, table: Table, rows: pl.DataFrame) -> None:
    warehouse.register("rows", table.conform(rows).to_arrow())
    warehouse.execute(f"create table {table.name} as from rows")
    warehouse.unregister("rows")
    comment_on(warehouse, "table", table.name, table.comment, {n: c.comment for n, c in table.columns.items()})


def _build_marts(settings: Settings, folder: Path) -> list[str]:
    return dbt_build(
        folder,
        "warehouse",
        ["--select", "path:models/warehouse"],
        {"popular_rank": settings.popular_rank},
        what="the warehouse",
        again="squatwatch publish",
        log=settings.home / "logs" / "publish.log",
        cache=settings.home / "cache" / "dbt",
    )


def _brands(settings: Settings) -> pl.DataFrame:
    budgets = read_budgets(brands_path(settings), settings.alarm_budget)
    return read_brands(brands_path(settings)).with_columns(
        alarm_budget=pl.col("brand").replace_strict(budgets, return_dtype=pl.Float64)
    )


def _date_row(status: DateStatus, published: set[date]) -> dict[str, object]:
    return {
        "run_date": status.run_date,
        "state": status.state,
        "reason": "; ".join(status.reasons) or None,
        "is_published": status.run_date in published,
    }


def _dates_in(files: Sequence[PublishedFile]) -> set[date]:
    return {_date_of(file.partition) for file in files if file.table == "detections" and file.retired_at is None}


def _date_of(partition: str) -> date:
    return date.fromisoformat(partition.removeprefix("run_date="))


def _synced(folder: Path, target: Path) -> Path:
    """`target`, once what is to replace it is on the disk."""
    with (folder / FILE_NAME).open("rb") as file:
        os.fsync(file.fileno())
    return target


def _held_back(held_back: Mapping[date, str]) -> list[str]:
    return _some([f"{run_date} stays as it was published: {why}" for run_date, why in held_back.items()], "status")


def _some(lines: Sequence[str], command: str) -> list[str]:
    """The first lines, and how many more there are."""
    more = len(lines) - MOST_TOLD
    return [*lines[:MOST_TOLD], *([f"and {more} more like this: squatwatch {command} shows them"] if more > 0 else [])]


def _to_refresh(settings: Settings, statuses: Sequence[DateStatus]) -> list[str]:
    counts = {state: sum(status.state == state for status in statuses) for state in ("partial", "outdated", "damaged")}
    counted = [f"{count} {state}" for state, count in counts.items() if count]
    return [f"{' and '.join(counted)}; run: {next_command(settings, statuses)}"] if counted else []
