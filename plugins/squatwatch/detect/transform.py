"""Transform: one build of the dbt project makes features, allowlist and candidates of some dates' registrations.

What the build made becomes visible only after all its tests passed. A backfill builds several dates at once; no date's
rows depend on the others. No name's rows depend on other names either, so a large date is built shard by shard, on any
number of machines; what is counted over all names is counted when the date is put together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from squatwatch.dbt_runner.build import Build, build_by_dbt, build_by_plan
from squatwatch.dbt_runner.execute import Inputs, open_database
from squatwatch.dbt_runner.folder import copy_project
from squatwatch.dbt_runner.kept import hash_of
from squatwatch.errors import SquatwatchError
from squatwatch.files.streams import link_or_copy
from squatwatch.lake.partitions import Lake
from squatwatch.lake.shards import WHOLE, Shard, cut, remove_shards
from squatwatch.lake.tables import REGISTRY
from squatwatch.lake.work_folder import work_folder
from squatwatch.lists.allowlist import allowlist_path, read_allowlist
from squatwatch.lists.brands import read_brands
from squatwatch.lists.brands_in_force import brand_count, brands_path
from squatwatch.lists.popularity import demand_readable, lists_in_force, packaged_list, read_list
from squatwatch.settings import Settings
from squatwatch.state.made_from import candidate_inputs


@dataclass(frozen=True)
class TransformCounts:
    """Counts of a date, and how they came to be."""

    domain_count: int
    brand_count: int
    candidate_count: int
    candidate_domain_count: int
    set_aside_count: int
    why_dbt: str = ""  # why dbt had to be started, "" where its plan was done

    def __add__(self, other: TransformCounts) -> TransformCounts:
        """Return the counts of two shards together."""
        return TransformCounts(
            domain_count=self.domain_count + other.domain_count,
            brand_count=self.brand_count,
            candidate_count=self.candidate_count + other.candidate_count,
            candidate_domain_count=self.candidate_domain_count + other.candidate_domain_count,
            set_aside_count=self.set_aside_count + other.set_aside_count,
            why_dbt=self.why_dbt or other.why_dbt,
        )


def transform_dates(settings: Settings, run_dates: Sequence[date]) -> dict[date, TransformCounts]:
    """Replace each date's `candidates` and the other marts, those of an empty day included.

    Raises SquatwatchError where a date was not loaded, brands or allowlist are wrong, or a model or test fails;
    whatever was there before stays, on all the dates.
    """
    lake = Lake(settings.home)
    with ExitStack() as held:
        for run_date in sorted(run_dates):
            held.enter_context(lake.exclusive(run_date))
        _lists(settings, run_dates)  # what is wrong with them is said before anything is made
        made_from = {run_date: candidate_inputs(settings, run_date) for run_date in run_dates}
        (outputs, why_dbt), brands = build_marts(settings, run_dates), brand_count(settings)
        counts = {}
        for run_date in run_dates:
            rows = {table: rows_of_date(output, run_date) for table, output in outputs.items()}
            for table in REGISTRY.marts():
                lake.write(table.name, run_date, rows[table.name], made_from=made_from[run_date])
            remove_shards(lake, "transform", run_date)
            counts[run_date] = counts_of(rows, brands, why_dbt)
    return counts


def place_inputs(settings: Settings, run_dates: Sequence[date], folder: Path, shard: Shard = WHOLE) -> None:
    """Put what the models read into the folder of a `dbt build`, where the project looks for it.

    Raises SquatwatchError where a date was not loaded, or brands or allowlist are wrong.
    """
    (folder / "inputs").mkdir()
    inputs = _inputs(settings, run_dates, folder / "inputs", shard)
    for name, rows in inputs.seeds.items():
        rows.write_csv(folder / "seeds" / f"{name}.csv")
    for path in inputs.sources["registrations"]:
        link_or_copy(path, folder / "inputs/registrations" / path.parent.name / path.name)
    for path in inputs.sources["popularity"]:
        link_or_copy(path, folder / "inputs/popularity" / path.name)
    [reference_names] = inputs.sources["reference_names"]
    link_or_copy(reference_names, folder / "inputs/reference_names.parquet")
    (folder / "outputs").mkdir()


def _inputs(settings: Settings, run_dates: Sequence[date], folder: Path, shard: Shard) -> Inputs:
    """Return what the models read: the dates' registrations, brands, allowlist, popularity lists."""
    brands, allowlist = _lists(settings, run_dates)
    lake = Lake(settings.home)
    registrations = [lake.require("registrations", run_date) for run_date in run_dates]
    return Inputs(
        {"brands": brands, "allowlist": allowlist},
        {
            "registrations": [_of_shard(path, shard, folder) for path in registrations],
            "run_dates": [write_run_dates(run_dates, folder)],
            "reference_names": [packaged_list(settings.home, "tranco10k")],
            "popularity": [demand_readable(path) for path in lists_in_force(settings.home)],
        },
    )


def _of_shard(registrations: Path, shard: Shard, folder: Path) -> Path:
    """Return the file with the shard's registrations of a date, made in the folder unless that is all of them."""
    if shard.is_whole:
        return registrations
    of_shard = folder / "shard" / registrations.parent.name / registrations.name
    cut(registrations, shard, of_shard)
    return of_shard


def write_run_dates(run_dates: Sequence[date], folder: Path) -> Path:
    """Write which dates are built."""
    path = folder / "run_dates.parquet"
    pl.DataFrame({"run_date": sorted(run_dates)}).write_parquet(path)
    return path


def build_marts(
    settings: Settings, run_dates: Sequence[date], shard: Shard = WHOLE
) -> tuple[dict[str, pl.DataFrame], str]:
    """Return what is made of the dates' registrations, table by table, and why dbt was started; "" where not.

    `shard`: of one date, only of this part of its names.
    """
    build, names = transform_build(settings, run_dates), [table.name for table in REGISTRY.marts()]
    with work_folder(settings.home, "transform", min(run_dates)) as folder:
        if plan := build.plan():
            with open_database(plan, ":memory:", folder) as connection:
                build_by_plan(build, plan, connection, _inputs(settings, run_dates, folder, shard))
                return {name: connection.table(name).pl() for name in names}, ""
        copy_project(settings.dbt_project, folder)
        place_inputs(settings, run_dates, folder, shard)
        build_by_dbt(build, folder)
        outputs = {name: pl.read_parquet(folder / "outputs" / f"{name}.parquet", glob=False) for name in names}
        return outputs, build.why_dbt


def transform_build(settings: Settings, run_dates: Sequence[date]) -> Build:
    """Return the build of the dates' tables."""
    first, last = min(run_dates), max(run_dates)
    reference_names = read_list(packaged_list(settings.home, "tranco10k"))
    return Build(
        settings.dbt_project,
        "transform",
        ["--exclude", "path:models/warehouse"],
        {"popular_rank": settings.popular_rank},
        what=str(first) if first == last else f"{first} to {last}",
        again=f"squatwatch transform --date {first}",
        log=settings.home / "logs" / f"transform-{first}.log",
        cache=settings.home / "cache" / "dbt",
        always_by_dbt=settings.dbt == "build",
        inputs=("brands", "allowlist", "registrations", "run_dates", "reference_names", "popularity"),
        fixed_inputs=hash_of(reference_names["domain"]),
    )


def rows_of_date(output: pl.DataFrame, run_date: date) -> pl.DataFrame:
    """Return the date's rows. dbt writes one row of nulls where there is nothing at all, so that the file has columns.

    Rows are taken, not filtered: lists that were filtered remember the other dates' lists, and Parquet shows it.
    """
    return output[(output["run_date"] == run_date).arg_true()].drop("run_date")


def counts_of(rows: Mapping[str, pl.DataFrame], brands: int, why_dbt: str) -> TransformCounts:
    """Return the counts of a date's marts."""
    return TransformCounts(
        domain_count=rows["registration_features"].height,
        brand_count=brands,
        candidate_count=rows["candidates"].height,
        candidate_domain_count=rows["candidates"]["domain"].n_unique(),
        set_aside_count=rows["set_aside"].height,
        why_dbt=why_dbt,
    )


def _lists(settings: Settings, run_dates: Sequence[date]) -> tuple[pl.DataFrame, pl.DataFrame]:
    try:
        return read_brands(brands_path(settings)), read_allowlist(allowlist_path(settings))
    except SquatwatchError as error:
        raise SquatwatchError(f"{error}. Correct it, then run: squatwatch transform --date {run_dates[0]}") from None
