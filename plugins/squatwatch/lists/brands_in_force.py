"""The brand list in force: the one rule that every command, task and the page follow.

`--brands` comes first, then SQUATWATCH_BRANDS_FILE, then the list that the data root was last given with `--brands`
and remembers, then the packaged one. The word `packaged` in place of a file goes back to the packaged list.
"""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import atomic
from squatwatch.lists.brands import read_brands, read_budgets, read_models
from squatwatch.settings import Settings

PACKAGED = "packaged"  # stands for the packaged list in options, in the environment and in provenance
MEMORY = "brands.json"  # in the data root


def brands_path(settings: Settings) -> Path:
    """Return the file of the brand list in force.

    Raises SquatwatchError where the data root remembers a file that is not there any more.
    """
    name = brands_name(settings)
    if name == PACKAGED:
        return settings.dbt_project / "seeds/brands.csv"
    if not is_chosen(settings) and not Path(name).is_file():
        raise SquatwatchError(
            f"the brand list {name}, which the data root {settings.home} was last given, is not there any more: put it "
            f"back, or give another one: --brands FILE.csv, or --brands {PACKAGED} for the packaged list"
        )
    return Path(name)


def brands_name(settings: Settings) -> str:
    """Return the name of the list in force: its absolute path, or `packaged`."""
    return _name(settings.brands_file) if settings.brands_file else remembered_name(settings.home)


def is_chosen(settings: Settings) -> bool:
    """Return whether somebody named the list for this very command, by --brands or SQUATWATCH_BRANDS_FILE."""
    return settings.brands_file is not None


def remembered_name(home: Path) -> str:
    """Return the name of the list that a data root was last given, `packaged` where none was.

    Raises SquatwatchError where the file that remembers it is damaged.
    """
    path = home / MEMORY
    try:
        return str(json.loads(path.read_text("utf-8"))["brands_file"])
    except FileNotFoundError:
        return PACKAGED
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SquatwatchError(
            f"{path}, which names the brand list of the data root, cannot be read ({error}); give the list anew: "
            f"--brands FILE.csv, or --brands {PACKAGED}"
        ) from None


def remember_brands(home: Path, brands_file: Path) -> str | None:
    """Make a list the one that the data root remembers. Return a line for people where that is a change, else None."""
    name = _name(brands_file)
    if name == remembered_name_or_none(home):
        return None
    with atomic(home / MEMORY) as temporary:
        temporary.write_text(json.dumps({"brands_file": name}, ensure_ascii=False) + "\n", "utf-8")
    return f"{home} remembers {list_words(name)} from now on; --brands gives it another one"


def remembered_name_or_none(home: Path) -> str | None:
    """Return the remembered name; None where it cannot be read, as a list that is given replaces it."""
    try:
        return remembered_name(home)
    except SquatwatchError:
        return None


def list_words(name: str) -> str:
    """Return how people call the list: its path, or "the packaged brand list"."""
    return "the packaged brand list" if name == PACKAGED else name


def brand_count(settings: Settings) -> int:
    """Return how many brands the list in force has."""
    return read_brands(brands_path(settings))["brand"].n_unique()


def brand_rows(settings: Settings) -> pl.DataFrame:
    """Return the warehouse's table `brands`: the list in force, with alarm budget and model of each brand.

    Raises SquatwatchError where the list cannot be read.
    """
    path = brands_path(settings)
    budgets, models = read_budgets(path, settings.alarm_budget), read_models(path)
    brand = pl.col("brand")
    return read_brands(path).with_columns(
        alarm_budget=brand.replace_strict(budgets, return_dtype=pl.Float64),
        model=brand.replace_strict(models, default=None, return_dtype=pl.String),
    )


def _name(brands_file: Path) -> str:
    return PACKAGED if str(brands_file) == PACKAGED else str(brands_file.absolute())
