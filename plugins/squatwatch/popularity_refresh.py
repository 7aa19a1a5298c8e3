"""Fetches a ranked popularity list (Tranco, Umbrella). A list that is not what it should be replaces nothing."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import polars as pl

from squatwatch.errors import BadList, SquatwatchError, TryLater
from squatwatch.listfile import open_list
from squatwatch.normalise import suffix_list
from squatwatch.popularity import list_path, write_list
from squatwatch.settings import Settings

LISTS = ("tranco", "umbrella")
LARGEST_DOWNLOAD = 64 << 20  # bytes; the lists have about 10 MiB
LARGEST_LIST = 256 << 20  # bytes, unpacked
FEWEST_ROWS = 100_000  # the lists have a million; a stump would quietly empty the allowlist
MOST_ODD_NAMES = 0.01  # share of rows whose name is no domain (Umbrella has bare top-level domains)


@dataclass(frozen=True)
class Refreshed:
    list: str
    row_count: int
    path: Path

    def __str__(self) -> str:
        return f"{self.row_count:,} domains with rank in {self.list} ({self.path})"


def refresh(settings: Settings, list_name: str, fewest_rows: int = FEWEST_ROWS) -> Refreshed:
    """Fetches `tranco` or `umbrella` and replaces `<list>_ranked.parquet` whole.

    Umbrella ranks hosts: a registrable domain gets the best rank of its hosts. Raises TryLater where the server is
    busy or away, SquatwatchError where what it sent is no such list; the list from before stays in both cases.
    """
    if list_name not in LISTS:
        raise SquatwatchError(f"unknown popularity list {list_name!r}: choose from {', '.join(LISTS)}")
    url = {"tranco": settings.tranco_url, "umbrella": settings.umbrella_url}[list_name]
    try:
        with tempfile.TemporaryDirectory() as folder:
            content = open_list(_fetch(url, Path(folder) / "list", settings.http_timeout_seconds), LARGEST_LIST)
        ranked = _registrable(_parse(content, fewest_rows), fewest_rows)
    except (BadList, TryLater) as error:
        kept = (
            "the list from before stays in force"
            if list_path(settings, f"{list_name}_ranked").is_file()
            else ("the packaged list stays in force")
        )
        message = f"the {list_name} list from {_host(url)} cannot be used: {error}; {kept}. "
        raise type(error)(message + f"The address is SQUATWATCH_{list_name.upper()}_URL") from error
    rows = ranked.with_columns(fetched_at=pl.lit(datetime.now(UTC)))
    return Refreshed(list_name, rows.height, write_list(settings, f"{list_name}_ranked", rows))


def _fetch(url: str, path: Path, timeout: float) -> Path:
    try:
        with (
            httpx.stream("GET", url, timeout=timeout, follow_redirects=True) as response,
            path.open("wb") as file,
        ):
            if response.status_code == 429 or response.status_code >= 500:
                raise TryLater(f"the server answered {response.status_code}")
            if response.status_code != 200:
                raise BadList(f"the server answered {response.status_code}")
            for piece in response.iter_bytes():
                file.write(piece)
                if file.tell() > LARGEST_DOWNLOAD:
                    raise BadList(f"it is larger than {LARGEST_DOWNLOAD >> 20} MiB")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TryLater(f"{type(error).__name__}: {error}") from error
    return path


def _parse(content: bytes, fewest_rows: int) -> pl.DataFrame:
    """Columns `rank` and `name` of `rank,domain` lines."""
    lines = pl.Series("line", content.decode("utf-8", "replace").splitlines(), dtype=pl.String)
    parts = lines.str.strip_chars().str.splitn(",", 2).struct
    rows = pl.DataFrame({"line": lines, "rank": parts.field("field_0"), "name": parts.field("field_1")})
    rows = rows.with_row_index("line_number", offset=1).filter(pl.col("line").str.strip_chars() != "")
    rows = rows.with_columns(pl.col("rank").cast(pl.Int64, strict=False), pl.col("name").str.to_lowercase())
    wrong = rows.filter(pl.col("name").is_null() | pl.col("rank").is_null() | (pl.col("rank") < 1))
    if not wrong.is_empty():
        line_number, line = wrong.select("line_number", "line").row(0)
        raise BadList(f"line {line_number} is not `rank,domain`: {line[:60]!r}")
    if rows.height < fewest_rows:
        raise BadList(f"it has {rows.height:,} rows, fewer than {fewest_rows:,}")
    return rows.select("rank", "name")


def _registrable(rows: pl.DataFrame, fewest_rows: int) -> pl.DataFrame:
    """Columns `domain` and `rank`: the best rank of each registrable domain."""
    own = suffix_list().privatesuffix
    is_name = pl.col("name").str.contains(r"^[a-z0-9_-]+(\.[a-z0-9_-]+)*$")
    domains = [
        own(name) if well_formed else None for name, well_formed in rows.select("name", is_name.alias("ok")).rows()
    ]
    named = rows.with_columns(domain=pl.Series(domains, dtype=pl.String)).drop_nulls("domain")
    odd_count = rows.height - named.height
    if odd_count > MOST_ODD_NAMES * rows.height:
        raise BadList(f"{odd_count:,} of its {rows.height:,} names are no registrable domain")
    return named.group_by("domain").agg(pl.col("rank").min())


def _host(url: str) -> str:
    """Without the path and user, which may carry a credential."""
    return urlsplit(url).hostname or "an address without host"
