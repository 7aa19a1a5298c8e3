"""Popularity lists: who is so well known that a new registration of the name needs no alarm.

`<home>/popularity/<list>.parquet` with columns `domain`, `list`, `rank` (null where the list is unranked; of
`tranco10k` the bound 10,000) and `fetched_at` (null for lists that came with a package). Without a network the two
Tranco lists of the `pymispwarninglists` package serve; once `refresh` brought the ranked list, they stand back.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import polars as pl

from squatwatch.errors import BadList, SquatwatchError, TryLater
from squatwatch.files.listfile import open_list
from squatwatch.lake.partitions import atomic
from squatwatch.names.suffixes import suffix_list
from squatwatch.settings import Settings

SCHEMA = {"domain": pl.String, "list": pl.String, "rank": pl.Int64, "fetched_at": pl.Datetime("us", "UTC")}
PACKAGED = {"tranco10k": 10_000, "tranco": None}  # list and the rank known of its members
FETCHED = ("tranco", "umbrella")

LARGEST_DOWNLOAD = 64 << 20  # bytes; the lists have about 10 MiB
LARGEST_LIST = 256 << 20  # bytes, unpacked
FEWEST_ROWS = 100_000  # the lists have a million; a stump would quietly empty the allowlist
MOST_ODD_NAMES = 0.01  # share of names that are no registrable domain; Umbrella has bare top-level domains


@dataclass(frozen=True)
class Refreshed:
    list: str
    domain_count: int
    path: Path

    def __str__(self) -> str:
        return f"{self.domain_count:,} ranked domains of {self.list} in {self.path}"


def lists_in_force(settings: Settings) -> list[Path]:
    """The files of the lists that excuse names now: the fetched ones, and the packaged until Tranco was fetched."""
    fetched = {name: list_path(settings, f"{name}_ranked") for name in FETCHED}
    in_force = [path for path in fetched.values() if path.is_file()]
    if fetched["tranco"] not in in_force:
        in_force += [packaged_list(settings, name) for name in PACKAGED]
    return in_force


def packaged_list(settings: Settings, name: str) -> Path:
    """The file of a packaged list, `tranco10k` (ranks up to 10,000) or `tranco` (a million, unranked)."""
    path = list_path(settings, name)
    if not path.is_file():
        package = Path(find_spec("pymispwarninglists").origin).parent
        source = package / "data/misp-warninglists/lists" / name / "list.json"
        domains = json.loads(source.read_text("utf-8"))["list"]
        _write(path, pl.DataFrame({"domain": domains}).with_columns(rank=PACKAGED[name], fetched_at=None))
    return path


def refresh(settings: Settings, list_name: str, fewest_rows: int = FEWEST_ROWS) -> Refreshed:
    """Fetches `tranco` or `umbrella` and replaces `<list>_ranked.parquet` whole.

    Umbrella ranks hosts: a registrable domain gets the best rank of its hosts. Raises TryLater where the server is
    busy or away, BadList where what it sent is no such list; the list from before stays in both cases.
    """
    if list_name not in FETCHED:
        raise SquatwatchError(f"unknown popularity list {list_name!r}: choose from {', '.join(FETCHED)}")
    url = {"tranco": settings.tranco_url, "umbrella": settings.umbrella_url}[list_name]
    path = list_path(settings, f"{list_name}_ranked")
    try:
        ranked = _registrable(_parse(_fetch(url, settings.http_timeout_seconds), fewest_rows))
    except (BadList, TryLater) as error:
        stays = "the list from before" if path.is_file() else "the packaged list"
        raise type(error)(
            f"the {list_name} list from {_host(url)} cannot be used: {error}. Nothing was changed, {stays} stays in "
            f"force; the address is SQUATWATCH_{list_name.upper()}_URL"
        ) from error
    _write(path, ranked.with_columns(fetched_at=datetime.now(UTC)))
    return Refreshed(list_name, ranked.height, path)


def list_path(settings: Settings, name: str) -> Path:
    return settings.home / "popularity" / f"{name}.parquet"


def _write(path: Path, rows: pl.DataFrame) -> None:
    rows = rows.with_columns(list=pl.lit(path.stem)).select(pl.col(name).cast(type_) for name, type_ in SCHEMA.items())
    with atomic(path) as temporary:
        rows.sort("domain").write_parquet(temporary, compression="zstd")


def _fetch(url: str, timeout: float) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        try:
            with (
                httpx.stream("GET", url, timeout=timeout, follow_redirects=True) as response,
                path.open("wb") as file,
            ):
                _check_status(response.status_code)
                for piece in response.iter_bytes():
                    file.write(piece)
                    if file.tell() > LARGEST_DOWNLOAD:
                        raise BadList(f"it is larger than {LARGEST_DOWNLOAD >> 20} MiB")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TryLater(f"{type(error).__name__}: {error}") from error
        return open_list(path, LARGEST_LIST)


def _check_status(status: int) -> None:
    if status == 429 or status >= 500:
        raise TryLater(f"the server answered {status}")
    if status != 200:
        raise BadList(f"the server answered {status}")


def _parse(content: bytes, fewest_rows: int) -> pl.DataFrame:
    """Columns `rank` and `name` of `rank,domain` lines."""
    lines = pl.Series("line", content.decode("utf-8", "replace").split("\n"), dtype=pl.String).str.strip_chars()
    parts = lines.str.splitn(",", 2).struct
    rows = (
        pl.DataFrame({"line": lines, "rank": parts.field("field_0"), "name": parts.field("field_1")})
        .with_row_index("line_number", offset=1)
        .filter(pl.col("line") != "")
        .with_columns(pl.col("rank").cast(pl.Int64, strict=False), pl.col("name").str.to_lowercase())
    )
    wrong = rows.filter(pl.col("name").is_null() | pl.col("rank").is_null() | (pl.col("rank") < 1))
    if not wrong.is_empty():
        line_number, line = wrong.select("line_number", "line").row(0)
        raise BadList(f"line {line_number} is not `rank,domain`: {line[:60]!r}")
    if rows.height < fewest_rows:
        raise BadList(f"it has {rows.height:,} rows, fewer than {fewest_rows:,}")
    return rows.select("rank", "name")


def _registrable(rows: pl.DataFrame) -> pl.DataFrame:
    """Columns `domain` and `rank`: the best rank of each registrable domain."""
    own = suffix_list().privatesuffix
    is_name = rows["name"].str.contains(r"^[a-z0-9_-]+(\.[a-z0-9_-]+)+$")
    domains = [own(name) if well_formed else None for name, well_formed in zip(rows["name"], is_name, strict=True)]
    named = rows.with_columns(domain=pl.Series(domains, dtype=pl.String)).drop_nulls("domain")
    odd_count = rows.height - named.height
    if odd_count > MOST_ODD_NAMES * rows.height:
        raise BadList(f"{odd_count:,} of its {rows.height:,} names are no registrable domain")
    return named.group_by("domain").agg(pl.col("rank").min())


def _host(url: str) -> str:
    """Without user and path, which may carry a credential."""
    return urlsplit(url).hostname or "an address without a host"
