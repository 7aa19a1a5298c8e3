"""The provenance of what transform and score make: written into their files, compared by `squatwatch.state.status`.

An input is named by a hash of what it says, not by a time, so a brand list saved anew with the same brands changes
nothing. What a date was made from is a function of the date: an allowlist entry that expired before it does not count.
"""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from squatwatch import __version__
from squatwatch.files.state import State, state_of
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import Input, Provenance
from squatwatch.lists.allowlist import allowlist_path, read_allowlist
from squatwatch.lists.brands import read_brands
from squatwatch.lists.brands_in_force import brands_name, brands_path
from squatwatch.lists.popularity import lists_in_force
from squatwatch.lists.thresholds import stored_thresholds
from squatwatch.settings import Settings

PROJECT_FILES = ("*.sql", "*.py", "*.yml")


def candidate_inputs(settings: Settings, run_date: date) -> Provenance:
    """Return the provenance that `candidates` and all else that transform makes would have now.

    Raises SquatwatchError where the date was not loaded, or brands or allowlist cannot be read.
    """
    brands, allowlist = brands_path(settings), allowlist_path(settings)
    listed = read_brands(brands)
    in_force = read_allowlist(allowlist).filter(pl.col("expires_on").is_null() | (pl.col("expires_on") >= run_date))
    return Provenance(
        release=__version__,
        upstream={"registrations": Lake(settings.home).made_from("registrations", run_date).fingerprint},
        inputs={
            Input.BRANDS: _hash_of(listed),
            Input.ALLOWLIST: _hash_of(in_force),
            Input.POPULARITY: _hash_of_popularity(settings.home, settings.popular_rank),
            Input.DBT_MODELS: _hash_of_project(settings.dbt_project),
        },
        brands_file=brands_name(settings),
        brand_count=listed["brand"].n_unique(),
    )


def detection_inputs(settings: Settings, run_date: date, model_version: str) -> Provenance:
    """Return the provenance that `detections` would have now.

    Raises SquatwatchError where the date was not transformed.
    """
    return Provenance(
        upstream={"candidates": Lake(settings.home).made_from("candidates", run_date).fingerprint},
        inputs={
            Input.MODEL: model_version,
            Input.THRESHOLDS: _thresholds(settings.home, model_version, settings.threshold),
            Input.SCORE_FLOOR: f"{settings.score_floor:g}",
        },
    )


def brands_hash(settings: Settings) -> str:
    """Return the hash of the brands in force, as `candidate_inputs` has it."""
    path = brands_path(settings)
    return _hash_of(read_brands(path))


def _thresholds(home: Path, model_version: str, by_hand: float | None) -> str:
    """Return what stands for the thresholds: the one set for all, a hash of the calibrated ones, or the model's own."""
    if by_hand is not None:
        return f"{by_hand:g} for all"
    stored = stored_thresholds(home, model_version)
    return _hash_of(stored.select("brand", "threshold")) if stored.height else "of the model"


def _hash_of(rows: pl.DataFrame) -> str:
    return _short_hash(rows.write_csv().encode())


def _hash_of_popularity(home: Path, popular_rank: int) -> str:
    lists = [_hash_of_file(path, state_of(path)) for path in sorted(lists_in_force(home))]
    return _short_hash(repr((lists, popular_rank)).encode())


@cache
def _hash_of_file(path: Path, _state: State | None) -> str:
    return _short_hash(path.read_bytes())


@cache
def _hash_of_project(project: Path) -> str:
    """Return a hash of the dbt models and macros that make a date's tables; publish makes the others anew."""
    folders = (project / "models", project / "macros")
    paths = sorted(path for folder in folders for pattern in PROJECT_FILES for path in folder.rglob(pattern))
    files = [path for path in paths if not path.is_relative_to(project / "models/warehouse")]
    return _short_hash(repr([(path.name, path.read_bytes()) for path in files]).encode())


def _short_hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
