"""Publish: `warehouse.duckdb`, with views over the published files and the marts that dbt builds on them.

It is built in a folder of its own and swapped in by rename, so nobody who reads ever waits for a writer, and all that
is new in all tables shows at one moment. A reader keeps the file that it opened.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from squatwatch.dbt_runner.build import Build, build_by_dbt, build_by_plan
from squatwatch.dbt_runner.execute import Inputs, open_database
from squatwatch.dbt_runner.folder import copy_project
from squatwatch.lake.partitions import date_of_folder, room_for
from squatwatch.lake.tables import DATES, DETECTIONS, PUBLISHED_FILES, REGISTRATIONS, SIGHTINGS
from squatwatch.lake.work_folder import work_folder
from squatwatch.publish.fill import fill
from squatwatch.publish.previous import Previous
from squatwatch.publish.result import Published, PublishedAlready
from squatwatch.publish.sightings import update_sightings
from squatwatch.publish.snapshot import PublishedFile, Snapshot, is_published, sweep, take_snapshot
from squatwatch.settings import Settings
from squatwatch.state.commands import next_command
from squatwatch.state.status import DateStatus, statuses_of
from squatwatch.warehouse.catalog import TableView, views
from squatwatch.warehouse.connection import WAREHOUSE_FILE, warehouse_path

# the rows of a table of the warehouse, read from the store that has them
ReadRows = Callable[[Settings], pl.DataFrame]


def publish_warehouse(
    settings: Settings, previous: Previous, model_version: str, stores: Mapping[str, ReadRows]
) -> Published:
    """Rebuild the warehouse over all dates that are whole and swap it in.

    A date that is being run, was interrupted or is damaged stays as it was published, and is told. `model_version` is
    the one in force; `stores` reads by name the tables that others keep (labels, alerts, …).
    Raises SquatwatchError where the brand list cannot be read or a model or test of dbt's fails, DiskFull where there
    is no room; the old warehouse stays.
    """
    path = warehouse_path(settings.home)
    with room_for(path):
        tables = views(settings.dbt_project)
        snapshot, files = _published_files(settings.home, tables, previous)
        statuses = statuses_of(settings, model_version)
        rows = {name: read(settings) for name, read in stores.items()} | {
            SIGHTINGS.name: _sightings(settings.home, previous, files, snapshot.changed),
            DATES.name: _date_rows(statuses, _dates_in(files)),
            PUBLISHED_FILES.name: pl.DataFrame([asdict(file) for file in files], schema=PUBLISHED_FILES.schema),
        }
        with work_folder(settings.home, "publish", "warehouse") as folder:
            with duckdb.connect(folder / WAREHOUSE_FILE) as warehouse:
                fill(warehouse, settings.home, tables, files, rows)
            warnings = _build_marts(settings, folder)
            _swap_in(folder / WAREHOUSE_FILE, path)
    return Published(
        str(path),
        date_count=len(_dates_in(files)),
        changed=sorted(snapshot.changed),
        held_back=snapshot.held_back,
        states=Counter(status.state for status in statuses),
        refresh_command=next_command(settings, statuses),
        warnings=warnings,
    )


def already_published(settings: Settings, run_date: date, previous: Previous) -> PublishedAlready | None:
    """Return that the last publish has taken the date as it is now; None where it has not."""
    tables = {table.name: table.partition for table in views(settings.dbt_project)}
    if not is_published(settings.home, tables, run_date, previous.files):
        return None
    return PublishedAlready(run_date, str(warehouse_path(settings.home)))


def _published_files(
    home: Path, tables: Sequence[TableView], previous: Previous
) -> tuple[Snapshot, list[PublishedFile]]:
    """Take the files of all whole dates, and remove those that nobody has needed for a day."""
    snapshot = take_snapshot(home, {table.name: table.partition for table in tables}, previous.files)
    return snapshot, sweep(home, snapshot.files)


def _sightings(
    home: Path, previous: Previous, files: Sequence[PublishedFile], changed: frozenset[date]
) -> pl.DataFrame:
    registrations, detections = (_paths(home, files, table) for table in (REGISTRATIONS.name, DETECTIONS.name))
    return update_sightings(home, previous.sightings, changed, registrations, detections)


def _paths(home: Path, files: Sequence[PublishedFile], table: str) -> dict[date, Path]:
    """Return the files that the table's view reads, by date."""
    live = [file for file in files if file.table == table and file.retired_at is None]
    return {run_date: home / file.path for file in live if (run_date := date_of_folder(file.partition))}


def _dates_in(files: Sequence[PublishedFile]) -> set[date]:
    return set(_paths(Path(), files, DETECTIONS.name))


def _date_rows(statuses: Sequence[DateStatus], published: set[date]) -> pl.DataFrame:
    rows = [
        {
            "run_date": status.run_date,
            "state": status.state,
            "reason": "; ".join(status.reasons) or None,
            "is_published": status.run_date in published,
        }
        for status in statuses
    ]
    return pl.DataFrame(rows, schema=DATES.schema)


def marts_build(settings: Settings) -> Build:
    """Return the build of the warehouse's marts."""
    return Build(
        settings.dbt_project,
        "warehouse",
        ["--select", "path:models/warehouse"],
        {"popular_rank": settings.popular_rank},
        what="the warehouse",
        again="squatwatch publish",
        log=settings.home / "logs" / "publish.log",
        cache=settings.home / "cache" / "dbt",
        always_by_dbt=settings.dbt == "build",
    )


def _build_marts(settings: Settings, folder: Path) -> list[str]:
    """Build the marts in the folder's warehouse; return the warnings of their tests."""
    build = marts_build(settings)
    if plan := build.plan():
        with open_database(plan, folder / WAREHOUSE_FILE, folder) as warehouse:
            return build_by_plan(build, plan, warehouse, Inputs())
    copy_project(settings.dbt_project, folder)
    return build_by_dbt(build, folder)


def _swap_in(new: Path, path: Path) -> None:
    """Replace the warehouse once the new one is on the disk.

    DuckDB tells nobody when a file could not be written to its end while it was closed: what is missing then stands in
    the log beside it, and is written here, or an error says why not.
    """
    if new.with_name(f"{new.name}.wal").exists():
        with duckdb.connect(new) as warehouse:
            warehouse.execute("checkpoint")
    with new.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(new, path)
