"""Transform: one `dbt build` makes features, allowlist and candidates of a date's registrations.

Each build has a folder of its own below `<home>/work`: a copy of the dbt project, the input and the lists beside it.
So dates can be built at the same time, SQL never names a path that somebody chose, and what the build wrote becomes
visible only after all its tests passed.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from squatwatch.allowlist import allowlist_path, read_allowlist
from squatwatch.brands import brands_path, read_brands
from squatwatch.dbt_build import dbt_build
from squatwatch.errors import SquatwatchError
from squatwatch.lake import Lake
from squatwatch.popularity import lists_in_force, packaged_list
from squatwatch.settings import Settings
from squatwatch.workfolder import work_folder

OUTPUTS = ("registration_features", "set_aside", "candidates")  # in the order they become visible


@dataclass(frozen=True)
class TransformCounts:
    """Counts of a date."""

    domain_count: int
    brand_count: int
    candidate_count: int
    candidate_domain_count: int
    set_aside_count: int

    def __str__(self) -> str:
        return (
            f"{self.domain_count:,} domains, {self.brand_count:,} brands: {self.candidate_count:,} candidates "
            f"({self.candidate_domain_count:,} domains), {self.set_aside_count:,} domains set aside"
        )


def transform_date(settings: Settings, run_date: date) -> TransformCounts:
    """Replaces the date's `registration_features`, `set_aside` and `candidates`, an empty day included.

    Raises SquatwatchError where the date was not loaded, brands or allowlist are wrong, or a model or test fails;
    whatever was there before stays.
    """
    lake = Lake(settings.home)
    registrations = lake.require("registrations", run_date)
    brands, allowlist = _lists(settings, run_date)
    with work_folder(settings.home, "transform", run_date) as work:
        _copy_project(settings.dbt_project, work)
        brands.write_csv(work / "seeds/brands.csv")
        allowlist.write_csv(work / "seeds/allowlist.csv")
        _place_inputs(settings, registrations, work / "inputs")
        variables = {"run_date": str(run_date), "popular_rank": settings.popular_rank}
        dbt_build(work, variables, log=settings.home / "logs" / f"transform-{run_date}.log")
        outputs = {table: _read_output(work / "outputs" / f"{table}.parquet") for table in OUTPUTS}
    for table, rows in outputs.items():
        lake.write(table, run_date, rows)
    return TransformCounts(
        domain_count=outputs["registration_features"].height,
        brand_count=brands["brand"].n_unique(),
        candidate_count=outputs["candidates"].height,
        candidate_domain_count=outputs["candidates"]["domain"].n_unique(),
        set_aside_count=outputs["set_aside"].height,
    )


def _lists(settings: Settings, run_date: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    try:
        return read_brands(brands_path(settings)), read_allowlist(allowlist_path(settings))
    except SquatwatchError as error:
        raise SquatwatchError(f"{error}. Correct it, then run: squatwatch transform --date {run_date}") from None


def _copy_project(project: Path, work: Path) -> None:
    if not (project / "dbt_project.yml").is_file():
        raise SquatwatchError(f"{project} is no dbt project; set SQUATWATCH_DBT_PROJECT")
    skip = shutil.ignore_patterns("target", "logs", "inputs", "outputs", "__pycache__", ".user.yml")
    # copyfile: a project installed read-only is copied writable
    shutil.copytree(project, work, dirs_exist_ok=True, ignore=skip, copy_function=shutil.copyfile)


def _place_inputs(settings: Settings, registrations: Path, inputs: Path) -> None:
    (inputs / "popularity").mkdir(parents=True)
    (inputs.parent / "outputs").mkdir()
    _link(registrations, inputs / "registrations.parquet")
    _link(packaged_list(settings, "tranco10k"), inputs / "reference_names.parquet")
    for path in lists_in_force(settings):
        _link(path, inputs / "popularity" / path.name)


def _link(source: Path, target: Path) -> None:
    """The file as it is now: a hard link keeps its content when somebody renames a new one over it."""
    try:
        os.link(source, target)
    except OSError:  # file systems without hard links
        shutil.copyfile(source, target)


def _read_output(path: Path) -> pl.DataFrame:
    """dbt writes one row of nulls where there is nothing, so that the file has columns."""
    return pl.read_parquet(path).drop_nulls("domain")
