"""The allowlist and brands of now, as the page asks them about a date's names."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import polars as pl

from squatwatch.errors import SquatwatchError
from squatwatch.lists.allowlist import SCHEMA, allowlist_path, read_allowlist
from squatwatch.lists.brands import read_brands
from squatwatch.lists.brands_in_force import brands_path
from squatwatch.lists.excuses import Excuses
from squatwatch.settings import Settings

NO_EXCUSES = Excuses(pl.DataFrame(schema=SCHEMA), pl.DataFrame(schema={"brand": pl.String, "brand_domain": pl.String}))


def excuses_of_now(settings: Settings) -> Excuses:
    """Return the rule over the files in force. Excuses nothing where one cannot be read: the next run says why."""
    return _excuses(*_version(allowlist_path(settings)), *_version(brands_path(settings)))


@lru_cache(maxsize=4)
def _excuses(allowlist: Path, _written: int, brands: Path, _brands_written: int) -> Excuses:
    try:
        return Excuses(read_allowlist(allowlist), read_brands(brands))
    except SquatwatchError:
        return NO_EXCUSES


def _version(path: Path) -> tuple[Path, int]:
    """Return the path and when the file was last written, in ns; 0 where there is none."""
    try:
        return path, path.stat().st_mtime_ns
    except OSError:
        return path, 0
