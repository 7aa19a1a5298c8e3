"""Dates in shards: transform and score make them one by one, on any machine, and put the date together in the end.

Shards are made without the date's lock, so that several are made at once. What they are made from is compared before
and after, and the marts and detections of the date stay as they are until they are put together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import reduce
from operator import add
from typing import Literal, TypeVar

import polars as pl

from squatwatch.dbt_runner.build import build_by_plan
from squatwatch.dbt_runner.execute import Inputs, open_database, plan_of_model
from squatwatch.detect.score import Detected, Scorer, detect, write_detections
from squatwatch.detect.transform import (
    TransformCounts,
    build_marts,
    counts_of,
    rows_of_date,
    transform_build,
    write_run_dates,
)
from squatwatch.errors import SquatwatchError, TryLater
from squatwatch.lake.partitions import Lake
from squatwatch.lake.shards import MOST, WHOLE, Shard, ShardFiles, read_shard, row_count, shards_of
from squatwatch.lake.tables import DETECTIONS, FEATURE_SUMMARY, REGISTRY
from squatwatch.lake.work_folder import work_folder
from squatwatch.lists.brands_in_force import brand_count
from squatwatch.settings import Settings
from squatwatch.state.made_from import candidate_inputs, detection_inputs

Step = Literal["transform", "score"]
READS: Mapping[Step, str] = {"transform": "registrations", "score": "candidates"}
Counts = TypeVar("Counts", TransformCounts, Detected)


@dataclass(frozen=True)
class ShardMade:
    """One shard of a date, made; `left` are the shards that the date waits for."""

    shard: Shard
    counts: TransformCounts | Detected
    left: int


def shards_of_date(settings: Settings, run_date: date, step: Step) -> list[Shard]:
    """Return the shards that a step makes a date in: one, unless the table that it reads has too many rows for that.

    One as well to transform where only dbt itself can build the project. Raises Missing where the table is not there.
    """
    lake, table = Lake(settings.home), READS[step]
    count = min(math.ceil(row_count(lake, table, run_date) / settings.shard_names), MOST)
    if count <= 1 or (step == "transform" and not transform_build(settings, [run_date]).kept.plan()):
        return [WHOLE]
    return shards_of(count)


# --- transform -------------------------------------------------------------------------------------------------------
def transform_shard(settings: Settings, run_date: date, shard: Shard) -> TransformCounts:
    """Make a shard's rows of the marts, unless they are made.

    Raises what `transform_dates` raises, and TryLater where what they are made from has changed meanwhile.
    """
    files = transformed(settings, run_date, shard.count)
    if not files.is_made(shard):
        outputs, why_dbt = build_marts(settings, [run_date], shard)
        rows = {table.name: rows_of_date(outputs.pop(table.name), run_date) for table in REGISTRY.marts()}
        counts = counts_of(rows, brand_count(settings), why_dbt)
        with files.lake.exclusive(run_date):
            _demand_same(files, transformed(settings, run_date, shard.count), shard)
            files.write(shard, rows, asdict(counts))
            return counts
    return TransformCounts(**files.counts(shard))


def join_transformed(settings: Settings, run_date: date, count: int) -> TransformCounts | None:
    """Replace the date's marts by the rows of all shards; None where one is not made, or the date is put together."""
    lake = Lake(settings.home)
    with lake.exclusive(run_date):
        files = transformed(settings, run_date, count)
        if files.left():
            return None
        summary = _summary(settings, run_date, files)
        for table in REGISTRY.marts():
            if table is FEATURE_SUMMARY:
                rows: pl.DataFrame | pl.LazyFrame = summary
            else:
                rows = files.rows(table.name) if table.is_of_names else pl.read_parquet(files.paths(table.name)[0])
            lake.write(table.name, run_date, rows, made_from=files.made_from)
        counts = _together(files, TransformCounts)
        files.remove()
    return counts


def transformed(settings: Settings, run_date: date, count: int) -> ShardFiles:
    """Return what transform has made of the shards, from what there is now."""
    return ShardFiles(Lake(settings.home), "transform", run_date, count, candidate_inputs(settings, run_date))


def _summary(settings: Settings, run_date: date, files: ShardFiles) -> pl.DataFrame:
    """Return the date's row of `feature_summary`: the project's plan makes it from the rows of all shards."""
    build = transform_build(settings, [run_date])
    whole = build.kept.plan()
    if whole is None:
        raise SquatwatchError(
            f"{run_date} cannot be put together from shards, because {build.why_dbt}; "
            f"raise SQUATWATCH_SHARD_NAMES, then run: squatwatch transform --date {run_date}"
        )
    of_names = [table.name for table in REGISTRY.marts() if table.is_of_names]
    plan = plan_of_model(whole, FEATURE_SUMMARY.name, of_names)
    with work_folder(settings.home, "transform", run_date) as folder, open_database(plan, ":memory:", folder) as memory:
        sources = {name: files.paths(name) for name in of_names} | {"run_dates": [write_run_dates([run_date], folder)]}
        build_by_plan(build, plan, memory, Inputs(sources=sources))
        summary: pl.DataFrame = memory.table(FEATURE_SUMMARY.name).pl()
    return summary.drop("run_date")


# --- score -----------------------------------------------------------------------------------------------------------
def score_shard(
    settings: Settings, run_date: date, shard: Shard, version: str, scorer: Callable[[], Scorer]
) -> Detected:
    """Make a shard's detections, unless they are made.

    Raises SquatwatchError where the date was not transformed, TryLater where it was transformed anew meanwhile.
    """
    files = scored(settings, run_date, shard.count, version)
    if not files.is_made(shard):
        candidates = read_shard(files.lake, "candidates", run_date, shard)
        detections, detected = detect(settings, candidates, scorer())
        with files.lake.exclusive(run_date):
            _demand_same(files, scored(settings, run_date, shard.count, version), shard)
            files.write(shard, {DETECTIONS.name: detections}, asdict(detected))
            return detected
    return Detected(**files.counts(shard))


def join_scored(settings: Settings, run_date: date, count: int, version: str) -> Detected | None:
    """Replace the date's detections by those of all shards; None where one is not made, or they are put together."""
    lake = Lake(settings.home)
    with lake.exclusive(run_date):
        files = scored(settings, run_date, count, version)
        if files.left():
            return None
        detected = _together(files, Detected)
        write_detections(lake, run_date, files.rows(DETECTIONS.name), detected, files.made_from)
        files.remove()
    return detected


def scored(settings: Settings, run_date: date, count: int, version: str) -> ShardFiles:
    """Return what score has made of the shards, from what there is now."""
    return ShardFiles(Lake(settings.home), "score", run_date, count, detection_inputs(settings, run_date, version))


# --- both ------------------------------------------------------------------------------------------------------------
def _demand_same(files: ShardFiles, now: ShardFiles, shard: Shard) -> None:
    if now.made_from != files.made_from:
        raise TryLater(
            f"what shard {shard} of {files.run_date} was made from has changed meanwhile; "
            f"run: squatwatch {files.step} --date {files.run_date}"
        )


def _together(files: ShardFiles, kind: type[Counts]) -> Counts:
    return reduce(add, (kind(**files.counts(shard)) for shard in shards_of(files.count)))
