"""The allowlist and brands of now, as the page asks them about a date's names."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import polars as pl

from squatwatch.errors import SquatwatchError
from squatwatch.files.state import State, state_of
from squatwatch.lists.allowlist import SCHEMA, allowlist_path, read_allowlist
from squatwatch.lists.brands import read_brands
from squatwatch.lists.brands_in_force import brands_path
from squatwatch.lists.excuses import Excuses
from squatwatch.settings import Settings

NO_EXCUSES = Excuses(pl.DataFrame(schema=SCHEMA), pl.DataFrame(schema={"brand": pl.String, "brand_domain": pl.String}))


def excuses_of_now(settings: Settings) -> Excuses:
    """Return the rule over the files in force. Excuses nothing where one cannot be read: the next run says why."""
    allowlist, brands = allowlist_path(settings), brands_path(settings)
    return _excuses(allowlist, state_of(allowlist), brands, state_of(brands))


@lru_cache(maxsize=4)
def _excuses(allowlist: Path, _state: State | None, brands: Path, _brands_state: State | None) -> Excuses:
    try:
        return Excuses(read_allowlist(allowlist), read_brands(brands))
    except SquatwatchError:
        return NO_EXCUSES
