"""Every table of every real day, made by the plan and by `dbt build`: the same bytes, or the ones that differ.

    SQUATWATCH_REAL_LISTS=FOLDER python benchmarks/same_tables.py [--most N]

The days are the lists in FOLDER/registrations, each as a date of one data root. Files of transform are compared byte by
byte, footers included; tables of the warehouse row by row, with the types and comments of their columns. Exits with
status 1 where something differs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb

from squatwatch import pipeline
from squatwatch.lake.partitions import Lake
from squatwatch.lake.tables import REGISTRY
from squatwatch.settings import Settings, read_settings
from squatwatch.warehouse.connection import warehouse_path

FIRST = date(2020, 5, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=1000, help="of the days")
    most = parser.parse_args().most
    if not (folder := os.environ.get("SQUATWATCH_REAL_LISTS")):
        sys.exit("set SQUATWATCH_REAL_LISTS to the folder of real lists; README.md says what it holds")
    lists = sorted(path for path in (Path(folder) / "registrations").iterdir() if path.suffix in (".gz", ".zip"))
    differences = []
    with tempfile.TemporaryDirectory(prefix="squatwatch-benchmark-") as home:
        by_plan, by_dbt = (read_settings(home=Path(home), dbt=way) for way in ("plan", "build"))
        print(f"{'list':<44}{'plan CPU s':>11}{'dbt CPU s':>11}  files that differ")
        for number, path in enumerate(lists[:most]):
            day = FIRST + timedelta(number)
            pipeline.take_file(by_plan, day, path)
            pipeline.load(by_plan, day)
            (made, seconds), (made_by_dbt, seconds_of_dbt) = (transformed(each, day) for each in (by_plan, by_dbt))
            different = [name for name in made if made[name] != made_by_dbt[name]]
            print(
                f"{path.name:<44}{seconds:>11.1f}{seconds_of_dbt:>11.1f}  {', '.join(different) or 'none'}", flush=True
            )
            pipeline.score(by_plan, day)
            differences += different
        warehouse, warehouse_of_dbt = (published(each) for each in (by_plan, by_dbt))
        different = sorted(
            name for name in warehouse | warehouse_of_dbt if warehouse.get(name) != warehouse_of_dbt.get(name)
        )
        print(f"{len(warehouse)} tables of the warehouse, that differ: {', '.join(different) or 'none'}")
    sys.exit(1 if differences + different else 0)


def transformed(settings: Settings, day: date) -> tuple[dict[str, str], float]:
    """Return a hash of each file that transform has made of the date, and its CPU seconds, children included."""
    before = cpu_seconds()
    pipeline.transform(settings, day)
    seconds = cpu_seconds() - before
    files = {table.name: Lake(settings.home).partition(table.name, day) for table in REGISTRY.marts()}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}, seconds


def published(settings: Settings) -> dict[str, str]:
    """Return a hash of each table of the warehouse: its columns with types and comments, and its rows."""
    pipeline.publish(settings)
    with duckdb.connect(warehouse_path(settings.home), read_only=True) as warehouse:
        names = warehouse.execute(
            "select distinct schema_name || '.' || table_name from duckdb_columns() where not internal"
        ).fetchall()
        hashes = {}
        for [name] in names:
            schema, table = name.split(".")
            columns = warehouse.execute(
                "select column_name, data_type, comment from duckdb_columns() where schema_name = ? and table_name = ?",
                [schema, table],
            ).fetchall()
            rows = warehouse.execute(
                f'select count(*), sum(hash(t)::hugeint), bit_xor(hash(t)) from {schema}."{table}" t'
            ).fetchall()
            hashes[name] = hashlib.sha256(repr((columns, rows)).encode()).hexdigest()
        return hashes


def cpu_seconds() -> float:
    """Return what this process and the dbt process have used; dbt's is read while it lives."""
    own = time.process_time()
    from squatwatch.dbt_runner.build import dbt

    if dbt._process is None or dbt._process.poll() is not None:
        return own
    fields = Path(f"/proc/{dbt._process.pid}/stat").read_text().rpartition(") ")[2].split()
    return own + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
