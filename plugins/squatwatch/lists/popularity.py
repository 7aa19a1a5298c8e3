"""Popularity lists: who is so well known that a new registration of the name needs no alarm.

`<home>/popularity/<list>.parquet` with columns `domain`, `list`, `rank` (null where the list is unranked; of
`tranco10k` the bound 10,000) and `fetched_at` (null for lists that came with a package). Without a network the two
Tranco lists of the `pymispwarninglists` package serve; once the ranked list was fetched (`popularity_refresh`), they
stand back.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import polars as pl

from squatwatch.errors import Damaged
from squatwatch.lake.partitions import atomic

SCHEMA = pl.Schema(
    {"domain": pl.String(), "list": pl.String(), "rank": pl.Int64(), "fetched_at": pl.Datetime("us", "UTC")}
)
PACKAGED = {"tranco10k": 10_000, "tranco": None}  # list and the rank known of its members
FETCHED = ("tranco", "umbrella")


@dataclass(frozen=True)
class Refreshed:
    """A list that was fetched, and how many registrable domains it ranks."""

    list: str
    domain_count: int
    path: Path


def lists_in_force(home: Path) -> list[Path]:
    """Return the files of the lists that excuse names: the fetched ones, and the packaged until Tranco was fetched."""
    fetched = {name: list_path(home, f"{name}_ranked") for name in FETCHED}
    in_force = [path for path in fetched.values() if path.is_file()]
    if fetched["tranco"] not in in_force:
        in_force += [packaged_list(home, name) for name in PACKAGED]
    return in_force


def packaged_list(home: Path, name: str) -> Path:
    """Return the file of a packaged list, `tranco10k` (ranks up to 10,000) or `tranco` (a million, unranked)."""
    path = list_path(home, name)
    if not path.is_file():
        source = files("pymispwarninglists") / "data/misp-warninglists/lists" / name / "list.json"
        domains = json.loads(source.read_text("utf-8"))["list"]
        write_list(path, pl.DataFrame({"domain": domains}).with_columns(rank=PACKAGED[name], fetched_at=None))
    return path


def read_list(path: Path) -> pl.DataFrame:
    """Return the rows of a list. Raises Damaged, naming the file and the remedy, where it cannot be read."""
    try:
        rows = pl.read_parquet(path, glob=False)
    except pl.exceptions.PolarsError as error:
        raise _damaged(path, str(error)) from None
    if rows.schema != SCHEMA or rows["domain"].null_count() or rows.is_empty():
        raise _damaged(path, "it is no list of domains")
    return rows


def demand_readable(path: Path) -> Path:
    """Return the path of a list. Raises Damaged, naming the file and the remedy, where it is no whole Parquet file."""
    try:
        pl.read_parquet_schema(path)
    except pl.exceptions.PolarsError as error:
        raise _damaged(path, str(error)) from None
    return path


def _damaged(path: Path, why: str) -> Damaged:
    return Damaged(
        f"the popularity list {path} is damaged ({why.splitlines()[0]}); remove it: the next run makes a packaged list "
        "anew, and the DAG refresh_popularity fetches the others"
    )


def list_path(home: Path, name: str) -> Path:
    """Return the file of a list in the data root `home`."""
    return home / "popularity" / f"{name}.parquet"


def write_list(path: Path, rows: pl.DataFrame) -> None:
    """Replace a list whole; `rows` has the columns domain, rank and fetched_at."""
    rows = rows.with_columns(list=pl.lit(path.stem)).select(pl.col(name).cast(type_) for name, type_ in SCHEMA.items())
    with atomic(path) as temporary:
        rows.sort("domain").write_parquet(temporary, compression="zstd")
