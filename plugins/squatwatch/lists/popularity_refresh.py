"""Fetching of popularity lists: Tranco and Umbrella, each replaced whole or left as it was."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import httpx
import polars as pl

from squatwatch.errors import BadList, SquatwatchError, TryLater
from squatwatch.files.listfile import open_list
from squatwatch.files.streams import copy_capped
from squatwatch.lists.popularity import FETCHED, Refreshed, list_path, write_list
from squatwatch.names.suffixes import suffix_list
from squatwatch.net.client import new_client, scheme_and_host, url_of
from squatwatch.net.faults import NeedsAPerson
from squatwatch.net.request import LIST_TIMEOUTS, HttpRequest
from squatwatch.net.retries import is_busy, retry_after
from squatwatch.settings import Settings

LARGEST_DOWNLOAD = 64 << 20  # bytes; the lists have about 10 MiB
LARGEST_LIST = 256 << 20  # bytes, unpacked
FEWEST_ROWS = 100_000  # the lists have a million; a stump would quietly empty the allowlist
MOST_ODD_NAMES = 0.01  # share of names that are no registrable domain; Umbrella has bare top-level domains


def refresh(settings: Settings, list_name: str, fewest_rows: int = FEWEST_ROWS) -> Refreshed:
    """Fetch `tranco` or `umbrella` and replace `<list>_ranked.parquet` whole.

    Umbrella ranks hosts: a registrable domain gets the best rank of its hosts. Raises TryLater where the server is
    busy or away, BadList where what it sent is no such list, SquatwatchError where a proxy, a certificate or the
    address has to be corrected; the list from before stays in all cases.
    """
    if list_name not in FETCHED:
        raise SquatwatchError(f"unknown popularity list {list_name!r}: choose from {', '.join(FETCHED)}")
    url = {"tranco": settings.tranco_url, "umbrella": settings.umbrella_url}[list_name]
    variable = f"SQUATWATCH_{list_name.upper()}_URL"
    path = list_path(settings.home, f"{list_name}_ranked")
    stays = "the list from before" if path.is_file() else "the packaged list"
    unchanged = f"Nothing was changed, {stays} stays in force"
    try:
        ranked = _registrable(_parse(_fetch(url, variable, settings.http_timeout_seconds), fewest_rows))
    except NeedsAPerson as fault:
        raise SquatwatchError(f"the {list_name} list cannot be fetched: {fault}. {unchanged}") from None
    except (BadList, TryLater) as error:
        problem = f"the {list_name} list cannot be used: {error}. {unchanged}; the address is {variable}"
        raise TryLater(problem, error.after) if isinstance(error, TryLater) else BadList(problem) from None
    write_list(path, ranked.with_columns(fetched_at=datetime.now(UTC)))
    return Refreshed(list_name, ranked.height, path)


def _fetch(url: str, variable: str, timeout_seconds: float) -> bytes:
    """Return the list, unpacked. Raises TryLater, BadList or NeedsAPerson."""
    address = url_of(url, variable, "a popularity list")
    request = HttpRequest(scheme_and_host(address), timeout_seconds, LIST_TIMEOUTS)
    with tempfile.TemporaryDirectory() as folder, new_client(request.who, timeout_seconds) as client:
        path = Path(folder) / "list"
        with request.answer(client, "GET", address, follow_redirects=True) as response, path.open("wb") as file:
            _check_status(request.who, response)
            copy_capped(request.in_time(response.iter_bytes()), file, LARGEST_DOWNLOAD, setting=None)
        return open_list(path, LARGEST_LIST)


def _check_status(who: str, response: httpx.Response) -> None:
    if is_busy(response):
        raise TryLater(f"{who} answered {response.status_code}", after=retry_after(response))
    if response.status_code != 200:
        raise BadList(f"{who} answered {response.status_code}")


def _parse(content: bytes, fewest_rows: int) -> pl.DataFrame:
    """Return the columns `rank` and `name` of `rank,domain` lines. Raises BadList."""
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
    """Return the columns `domain` and `rank`: the best rank of each registrable domain. Raises BadList."""
    own = suffix_list().privatesuffix
    is_name = rows["name"].str.contains(r"^[a-z0-9_-]+(\.[a-z0-9_-]+)+$")
    domains = [own(name) if well_formed else None for name, well_formed in zip(rows["name"], is_name, strict=True)]
    named = rows.with_columns(domain=pl.Series(domains, dtype=pl.String)).drop_nulls("domain")
    odd_count = rows.height - named.height
    if odd_count > MOST_ODD_NAMES * rows.height:
        raise BadList(f"{odd_count:,} of its {rows.height:,} names are no registrable domain")
    return named.group_by("domain").agg(pl.col("rank").min())
