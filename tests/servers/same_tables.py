"""What tables hold, as hashes: two data roots with the same hashes were made to the same effect."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from squatwatch.lake.partitions import Lake
from squatwatch.lake.tables import RANKINGS, REGISTRY

VOLATILE = {"scored_at", "ranked_at", "device", "fetched_at", "modified_ns", "retired_at", "location"}
WAREHOUSE = ("sightings", "detections", "feed_volumes", "brand_alarms", "score_drift", "dates")


def content(home: Path, dates: Iterable[date]) -> dict[tuple, str]:
    """A hash of every table of every date as the steps wrote it, and of what the warehouse makes of them all."""
    lake = Lake(home)
    hashes = {
        (table, run_date): rows_hash(duckdb.read_parquet(str(lake.partition(table, run_date)), hive_partitioning=False))
        for run_date in dates
        for table in (*(table.name for table in REGISTRY.required()), RANKINGS.name)
    }
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as warehouse:
        return hashes | {(table, "all"): rows_hash(warehouse.sql(f"from {table}")) for table in WAREHOUSE}


def rows_hash(relation: duckdb.DuckDBPyRelation) -> str:
    """A hash of the rows in any order, without what differs from run to run."""
    kept = ", ".join(f'"{column}"' for column in relation.columns if column not in VOLATILE)
    lines = sorted(map(repr, relation.project(kept).fetchall()))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
