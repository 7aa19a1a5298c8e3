"""Popularity lists: who is so well known that a new registration of the name needs no alarm.

`<home>/popularity/<list>.parquet` with columns `domain`, `list`, `rank` (null where the list is unranked; of
`tranco10k` the bound 10,000) and `fetched_at` (null for lists that came with a package). Without a network the two
Tranco lists of the `pymispwarninglists` package serve; once `refresh` brought the ranked list, they stand back.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import polars as pl

from squatwatch.lake import atomic
from squatwatch.settings import Settings

SCHEMA = {"domain": pl.String, "list": pl.String, "rank": pl.Int64, "fetched_at": pl.Datetime("us", "UTC")}
PACKAGED = {"tranco10k": 10_000, "tranco": None}  # list and the rank known of its members


def lists_in_force(settings: Settings) -> list[Path]:
    """The files of the lists that excuse names now: what was fetched, else what was packaged."""
    fetched = [list_path(settings, f"{name}_ranked") for name in ("tranco", "umbrella")]
    in_force = [path for path in fetched if path.is_file()]
    if fetched[0] not in in_force:
        in_force += [packaged_list(settings, name) for name in PACKAGED]
    return in_force


def packaged_list(settings: Settings, name: str) -> Path:
    """The file of a packaged list, `tranco10k` (ranks up to 10,000) or `tranco` (a million, unranked)."""
    path = list_path(settings, name)
    if not path.is_file():
        package = Path(find_spec("pymispwarninglists").origin).parent
        source = package / "data/misp-warninglists/lists" / name / "list.json"
        domains = json.loads(source.read_text("utf-8"))["list"]
        rows = pl.DataFrame({"domain": domains}).with_columns(pl.lit(PACKAGED[name]).alias("rank"))
        write_list(settings, name, rows)
    return path


def write_list(settings: Settings, name: str, rows: pl.DataFrame) -> Path:
    """Replaces a list whole; `rows` has `domain`, `rank` and, if it was fetched, `fetched_at`."""
    path = list_path(settings, name)
    filled = rows.with_columns(pl.lit(name).alias("list"))
    if "fetched_at" not in rows.columns:
        filled = filled.with_columns(fetched_at=None)
    with atomic(path) as temporary:
        filled.select(pl.col(column).cast(dtype) for column, dtype in SCHEMA.items()).sort("domain").write_parquet(
            temporary, compression="zstd"
        )
    return path


def list_path(settings: Settings, name: str) -> Path:
    return settings.home / "popularity" / f"{name}.parquet"
